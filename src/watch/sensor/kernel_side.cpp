#include "watch/sensor/kernel_side.h"

#include "core/base/random.h"
#include "watch/sensor/call_tables.h"
#include "watch/sensor/calls.h"
#include "watch/sensor/objects.h"
#include "watch/sensor/policy_maps.h"
#include "watch/sensor/record.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

constexpr unsigned scratches_of_a_processor = 2;  // SCRATCHES in shared_maps.bpf.h

int say(libbpf_print_level level, const char* format, std::va_list arguments) {
    if (level == LIBBPF_DEBUG || !spdlog::should_log(spdlog::level::debug)) return 0;
    std::array<char, 4096> line{};
    const int length = std::vsnprintf(line.data(), line.size(), format, arguments);
    spdlog::debug("{}", line.data());
    return length;
}

std::string error_text(int error_number) {
    return std::generic_category().message(error_number);
}

// "fentry/vfs_unlink" has its place in the kernel's description, or not.
bool has_place(const bpf_program* program) {
    const std::string_view section = bpf_program__section_name(program);
    const auto slash = section.find('/');
    if (slash == std::string_view::npos) return true;
    const std::string place(section.substr(slash + 1));
    return libbpf_find_vmlinux_btf_id(place.c_str(), bpf_program__expected_attach_type(program)) >
           0;
}

// Programs whose section begins with a question mark are loaded where their place exists.
void choose_programs(bpf_object* object, FamilyState& state) {
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object) {
        if (bpf_program__autoload(program)) continue;
        if (has_place(program)) {
            bpf_program__set_autoload(program, true);
        } else {
            state.absent.emplace_back(bpf_program__name(program));
        }
    }
}

base::Result<void> put(int map, const void* key, std::uint8_t value) {
    if (bpf_map_update_elem(map, key, &value, BPF_ANY) == 0) return {};
    return base::fail_errno(errno, "setting the policy's lists in the kernel");
}

struct MergedCalls {
    std::vector<std::uint8_t> families = std::vector<std::uint8_t>(most_calls);
    std::vector<std::uint8_t> compat = std::vector<std::uint8_t>(most_calls);
};

// Whose each call is, as calls.h has it.
MergedCalls merge_calls(const std::vector<CallTaker>& takers) {
    MergedCalls merged;
    const auto is_compat = [&](std::size_t call) {
        return std::ranges::any_of(
            takers, [=](const CallTaker& one) { return one.compat_calls[call] != 0; });
    };
    for (const auto& taker : takers) {
        const auto family = static_cast<std::uint8_t>(taker.family);
        for (std::size_t call = 0; call < most_calls; ++call) {
            if (taker.compat_calls[call] != 0) merged.compat[call] = family;
            if (taker.calls[call] == 0) continue;
            merged.families[call] = family;
            const bool same = taker.compat_calls[call] == taker.calls[call];
            if (!taker.usual.empty() && (same || !is_compat(call))) {
                merged.families[call] |= taker.usual[call];
            }
        }
    }
    for (std::size_t call = 0; call < most_calls; ++call) {
        if (merged.compat[call] != 0) merged.families[call] |= SENSOR_CALL_COMPAT;
    }
    return merged;
}

// The lists that only some families have.
base::Result<void> fill_lists(bpf_object* object, const Policy& policy) {
    base::Result<void> done;
    if (const int map = bpf_object__find_map_fd_by_name(object, "ignored_paths"); map >= 0) {
        for (const auto& path : policy.ignore_paths) {
            const auto key = prefix_key(path);
            if (done) done = put(map, &key, 1);
        }
    }
    if (const int map = bpf_object__find_map_fd_by_name(object, "watched_reads"); map >= 0) {
        const auto keys = find_watched(policy.watch_reads);
        for (const auto& path : keys.absent) spdlog::warn("not watched: {} has no folder", path);
        for (const auto& entry : keys.entries) {
            if (done) done = put(map, &entry.key, entry.all);
        }
    }
    return done;
}

bool is_of_cgroups(const bpf_program* program) {
    switch (bpf_program__type(program)) {
        case BPF_PROG_TYPE_CGROUP_SKB:
        case BPF_PROG_TYPE_CGROUP_SOCK:
        case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
        case BPF_PROG_TYPE_CGROUP_SYSCTL:
            return true;
        default:
            return false;
    }
}

// The top of the unified hierarchy, alone or beside those of version 1.
base::Result<base::FileDescriptor> open_cgroups() {
    for (const char* path : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
        base::FileDescriptor folder(::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        struct statfs state {};
        if (folder.valid() && ::fstatfs(folder.get(), &state) == 0 &&
            state.f_type == CGROUP2_SUPER_MAGIC) {
            return folder;
        }
    }
    return base::because(base::ErrorKind::not_found,
                         "no unified hierarchy of control groups is mounted");
}

// An iterator that only puts things into maps.
base::Result<void> walk_once(int link) {
    const base::FileDescriptor walk(bpf_iter_create(link));
    if (!walk.valid()) return base::fail_errno(errno, "walking over what is there already");
    std::array<char, 4096> nothing{};
    while (true) {
        const auto count = ::read(walk.get(), nothing.data(), nothing.size());
        if (count == 0) return {};
        if (count < 0 && errno != EINTR && errno != EAGAIN) {
            return base::fail_errno(errno, "walking over what is there already");
        }
    }
}

}  // namespace

void KernelSide::CloseObject::operator()(bpf_object* object) const {
    bpf_object__close(object);
}

void KernelSide::DestroyLink::operator()(bpf_link* link) const {
    bpf_link__destroy(link);
}

KernelSide::KernelSide(const Policy& policy) : policy_(policy) {
    libbpf_set_print(say);
}
KernelSide::KernelSide(KernelSide&&) noexcept = default;
KernelSide::~KernelSide() = default;

base::Result<KernelSide> KernelSide::load(const Policy& policy) {
    KernelSide side(policy);
    const int processors = libbpf_num_possible_cpus();
    if (processors <= 0) return base::fail_errno(-processors, "counting the processors");
    side.processors_ = static_cast<unsigned>(processors);
    for (const auto& family : families()) {
        if (policy.wants(family.name)) side.state_.push_back(side.load_family(family));
    }
    if (!side.call_takers_.empty()) {
        if (auto loaded = side.load_calls(); !loaded) return base::Failure(loaded.error());
    }
    if (side.objects_.empty()) {
        return base::fail(base::ErrorKind::system,
                          "this kernel takes none of the sensor's programs{}{}",
                          side.state_.empty() ? "" : ": ",
                          side.state_.empty() || side.state_.front().refused.empty()
                              ? ""
                              : side.state_.front().refused.back());
    }
    if (auto made = side.make_told(); !made) return base::Failure(made.error());
    if (auto sealed = side.seal(); !sealed) return base::Failure(sealed.error());
    return side;
}

FamilyState KernelSide::load_family(const Family& family) {
    FamilyState state;
    state.family = family.name;
    const auto host = std::ranges::find(state_, family.told_by, &FamilyState::family);
    if (host != state_.end() && !host->backend.empty()) {
        state.backend = host->backend;
        return state;
    }
    for (const auto& backend : family.backends) {
        state.absent.clear();
        const auto loaded = load_backend(family, backend, state);
        if (loaded) {
            state.backend = backend.name;
            return state;
        }
        state.refused.push_back(fmt::format("{}: {}", backend.name, loaded.error().message));
    }
    return state;
}

base::Result<void> KernelSide::load_backend(const Family& family, const Backend& backend,
                                            FamilyState& state) {
    const auto bytes = backend.object();
    const auto name = fmt::format("shoji_{}", family.name);
    bpf_object_open_opts options{};  // what libbpf's own macro would make, in C++
    options.sz = sizeof options;
    options.object_name = name.c_str();
    Object object(bpf_object__open_mem(bytes.data(), bytes.size(), &options));
    if (!object) return base::fail_errno(errno, "opening the object file");
    choose_programs(object.get(), state);
    if (auto shared = share_maps(object.get()); !shared) return shared;
    if (const int failed = bpf_object__load(object.get()); failed != 0) {
        return base::fail(base::ErrorKind::system, "{}", error_text(-failed));
    }
    const bool first = shared_.empty();
    std::vector<std::string> new_maps;
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object.get()) {
        std::string map_name = bpf_map__name(map);
        if (!map_name.starts_with("shared_")) continue;
        if (shared_.try_emplace(map_name, bpf_map__fd(map)).second) {
            new_maps.push_back(std::move(map_name));
        }
    }
    std::vector<Attached> links;
    base::Result<void> done = first ? fill_maps() : base::Result<void>();
    if (done) done = fill_lists(object.get(), policy_);
    bpf_program* taken = nullptr;
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object.get()) {
        if (!done || !bpf_program__autoload(program)) continue;
        if (takes_calls(program)) {
            taken = program;
        } else {
            done = attach(program, links);
        }
    }
    if (done && taken != nullptr) done = take_calls(family, object.get(), taken);
    if (!done) {
        // They go with their object.
        for (const auto& gone : new_maps) shared_.erase(gone);
        return done;
    }
    std::ranges::move(links, std::back_inserter(links_));
    objects_.push_back(std::move(object));
    return {};
}

base::Result<void> KernelSide::take_calls(const Family& family, bpf_object* object,
                                          const bpf_program* program) {
    auto calls = call_table(object, "calls");
    if (!calls) return base::Failure(calls.error());
    auto compat = call_table(object, "compat_calls");
    if (!compat) return base::Failure(compat.error());
    std::vector<std::uint8_t> usual;
    if (auto table = call_table(object, "usual_calls")) usual = std::move(*table);
    call_takers_.push_back({family.number, bpf_program__fd(program), std::move(*calls),
                            std::move(*compat), std::move(usual)});
    return {};
}

// After all families: which of them has which call is a constant of the program that hands them on.
base::Result<void> KernelSide::load_calls() {
    const auto bytes = calls_object();
    Object object(bpf_object__open_mem(bytes.data(), bytes.size(), nullptr));
    if (!object) return base::fail_errno(errno, "opening the object file of system calls");
    const auto [table, compat] = merge_calls(call_takers_);
    auto set = set_call_table(object.get(), "families", table);
    if (set) set = set_call_table(object.get(), "compat_families", compat);
    if (set) set = share_maps(object.get());
    if (!set) return set;
    const bool sees_usual =
        std::ranges::any_of(call_takers_, [](const auto& one) { return !one.usual.empty(); });
    bpf_program* program = bpf_object__find_program_by_name(
        object.get(), sees_usual ? "calls_end_usual" : "calls_end");
    bpf_program__set_autoload(program, true);
    if (const int failed = bpf_object__load(object.get()); failed != 0) {
        return base::fail_errno(-failed, "loading the program at the end of system calls");
    }
    const int programs = bpf_object__find_map_fd_by_name(object.get(), "family_programs");
    for (const auto& taker : call_takers_) {
        if (bpf_map_update_elem(programs, &taker.family, &taker.program, BPF_ANY) != 0) {
            return base::fail_errno(errno, "handing system calls to the families");
        }
    }
    auto attached = attach(program, links_);
    objects_.push_back(std::move(object));
    return attached;
}

// Of the object's maps, those that all families share are the first object's; the first one makes
// them, as large as this machine needs.
base::Result<void> KernelSide::share_maps(bpf_object* object) {
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object) {
        const std::string_view name = bpf_map__name(map);
        int failed = 0;
        if (const auto known = shared_.find(name); known != shared_.end()) {
            failed = bpf_map__reuse_fd(map, known->second);
        } else if (name == "shared_losses") {
            failed = bpf_map__set_max_entries(map, processors_ * SENSOR_LOSSES);
        } else if (name == "shared_scratch") {
            failed = bpf_map__set_max_entries(map, processors_ * scratches_of_a_processor);
        }
        if (failed != 0) return base::fail_errno(-failed, fmt::format("preparing map {}", name));
    }
    return {};
}

// What the reader has told stands beside what is counted: the next reader goes on there.
base::Result<void> KernelSide::make_told() {
    bpf_map_create_opts options{};
    options.sz = sizeof options;
    options.map_flags = BPF_F_MMAPABLE;
    told_.reset(bpf_map_create(BPF_MAP_TYPE_ARRAY, "shoji_told", sizeof(std::uint32_t),
                               sizeof(std::uint64_t), processors_ * SENSOR_LOSSES, &options));
    if (!told_.valid()) return base::fail_errno(errno, "making the map of what was told");
    return {};
}

base::Result<void> KernelSide::fill_maps() {
    const std::uint32_t first = 0;
    sensor_policy policy{};
    policy.file_rate = policy_.file_rate;
    policy.network_rate = policy_.network_rate;
    policy.flow_seconds = policy_.flow_seconds;
    policy.act_rate = policy_.act_rate;
    policy.own_process = static_cast<std::uint32_t>(::getpid());
    policy.argument_bytes = policy_.argument_bytes;
    policy.wake_bytes = SENSOR_RING_BYTES / 8;
    policy.look_nanoseconds = std::uint64_t{policy_.poll_milliseconds} * 1'000'000;
    std::array<std::uint8_t, sizeof policy.flood_multiplier> random{};
    base::fill_random(random);
    policy.flood_multiplier = std::bit_cast<std::uint64_t>(random) | 1;
    if (!policy_.ignore_users.empty()) policy.filters |= SENSOR_FILTER_USERS;
    if (!policy_.ignore_cgroups.empty()) policy.filters |= SENSOR_FILTER_CGROUPS;
    if (!policy_.ignore_paths.empty()) policy.filters |= SENSOR_FILTER_PATHS;
    if (!policy_.watch_reads.empty()) policy.filters |= SENSOR_FILTER_READS;
    if (policy_.wants("dns")) policy.filters |= SENSOR_TELLS_DNS;
    for (const auto& entry : find_watched(policy_.watch_reads).entries) {
        const std::uint64_t bit = SENSOR_WATCHED_BIT(entry.key.folder);
        policy.watched_folders[bit / 64] |= std::uint64_t{1} << (bit % 64);
    }
    const int map = shared("shared_policy");
    if (bpf_map_update_elem(map, &first, &policy, BPF_ANY) != 0) {
        return base::fail_errno(errno, "setting the policy in the kernel");
    }
    base::Result<void> done;
    for (const std::uint32_t user : policy_.ignore_users) {
        if (done) done = put(shared("shared_users"), &user, 1);
    }
    for (const auto& path : policy_.ignore_cgroups) {
        // A control group's number is its folder's inode.
        struct stat folder {};
        if (::stat(path.c_str(), &folder) != 0) {
            spdlog::warn("not left out: there is no control group {}", path);
            continue;
        }
        const std::uint64_t group = folder.st_ino;
        if (done) done = put(shared("shared_cgroups"), &group, 1);
    }
    return done;
}

base::Result<void> KernelSide::attach(bpf_program* program, std::vector<Attached>& links) {
    const bool of_cgroups = is_of_cgroups(program);
    if (of_cgroups && !cgroups_.valid()) {
        auto opened = open_cgroups();
        if (!opened) return base::Failure(opened.error());
        cgroups_ = std::move(*opened);
    }
    Link link(of_cgroups ? bpf_program__attach_cgroup(program, cgroups_.get())
                         : bpf_program__attach(program));
    if (!link) {
        return base::because(base::ErrorKind::system, "attaching {}: {}",
                             bpf_program__name(program), error_text(errno));
    }
    // An iterator does nothing until it is read.
    if (bpf_program__expected_attach_type(program) != BPF_TRACE_ITER) {
        links.push_back({program, std::move(link)});
        return {};
    }
    if (std::string_view(bpf_program__name(program)) == "process_running") {
        running_ = std::move(link);
        return {};
    }
    return walk_once(bpf_link__fd(link.get()));
}

base::Result<KernelOutputs> KernelSide::outputs() const {
    KernelOutputs outputs;
    outputs.processors = processors_;
    for (const auto& [into, from] : {std::pair{&outputs.ring, shared("shared_ring")},
                                     std::pair{&outputs.losses, shared("shared_losses")},
                                     std::pair{&outputs.told, told_.get()},
                                     std::pair{&outputs.throttles, shared("shared_throttles")}}) {
        into->reset(::fcntl(from, F_DUPFD_CLOEXEC, 0));
        if (!into->valid()) return base::fail_errno(errno, "opening a map");
    }
    if (running_) {
        outputs.running.reset(bpf_iter_create(bpf_link__fd(running_.get())));
        if (!outputs.running.valid()) return base::fail_errno(errno, "walking over the processes");
    }
    return outputs;
}

}  // namespace shoji::sensor
