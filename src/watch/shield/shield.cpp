#include "watch/shield/shield.h"

#include "core/base/file_descriptor.h"
#include "watch/shield/refused_act.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <utility>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <shield.skel.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::shield {
namespace {

constexpr std::uint32_t zero = 0;
const std::filesystem::path groups_root = "/sys/fs/cgroup";

// The folder of this process's control group; empty: the topmost one, or none is there.
std::filesystem::path own_group() {
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);) {
        constexpr std::string_view head = "0::/";
        if (!line.starts_with(head) || line.size() == head.size()) continue;
        auto folder = groups_root / line.substr(head.size());
        if (::access((folder / "cgroup.procs").c_str(), F_OK) == 0) return folder;
    }
    return {};
}

Refused refused(const shield_sort& sort, const shield_told& told) {
    Refused one;
    one.count = told.count;
    one.last.act = static_cast<Act>(sort.act);
    one.last.detail = sort.detail;
    one.last.process = static_cast<pid_t>(told.process);
    one.last.user = sort.user;
    one.last.program.assign(told.program, ::strnlen(told.program, sizeof told.program));
    one.last.file.assign(told.name, ::strnlen(told.name, sizeof told.name));
    return one;
}

// The kernel's program refuses it, and keeps what it was; without the program nothing changes.
bool gives_to_nobody(const std::filesystem::path& folder) {
    return ::chown(folder.c_str(), static_cast<uid_t>(-1), static_cast<gid_t>(-1)) != 0 &&
           errno == EPERM;
}

// Maps and programs go by hooks that have other names since Linux 6.9.
bool has_hook(const char* name) {
    const std::unique_ptr<btf, decltype(&btf__free)> kernel(btf__load_vmlinux_btf(), &btf__free);
    return kernel && btf__find_by_name_kind(kernel.get(), name, BTF_KIND_FUNC) >= 0;
}

// A process that was there before the shield, and so is not the sensor's, tries a signal that does
// nothing. LSM programs also load where they are not among the machine's security modules.
class Stranger {
  public:
    static base::Result<Stranger> make() {
        Stranger stranger;
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return base::fail_errno(errno, "making a pipe");
        const base::FileDescriptor reading(ends[0]);
        stranger.start_.reset(ends[1]);
        const pid_t target = ::getpid();
        stranger.process_ = ::fork();
        if (stranger.process_ < 0) return base::fail_errno(errno, "starting a process");
        if (stranger.process_ > 0) return stranger;
        stranger.start_.reset();
        char start = 0;
        if (::read(reading.get(), &start, 1) != 1) ::_exit(2);
        ::_exit(::kill(target, SIGWINCH) != 0 && errno == EPERM ? 0 : 1);
    }
    Stranger(Stranger&& other) noexcept
        : start_(std::move(other.start_)), process_(std::exchange(other.process_, -1)) {}
    Stranger& operator=(Stranger&&) = delete;
    Stranger(const Stranger&) = delete;
    Stranger& operator=(const Stranger&) = delete;
    ~Stranger() {
        start_.reset();
        if (process_ > 0) static_cast<void>(wait());
    }

    bool is_refused() {
        if (::write(start_.get(), "x", 1) != 1) return false;
        return wait() == 0;
    }

  private:
    Stranger() = default;
    int wait() {
        int status = 0;
        while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) continue;
        process_ = -1;
        return status;
    }

    base::FileDescriptor start_;
    pid_t process_ = -1;
};

}  // namespace

struct Shield::Loaded {
    std::unique_ptr<shield_bpf, void (*)(shield_bpf*)> kernel{nullptr, &shield_bpf__destroy};
    std::array<std::uint64_t, SHIELD_ACTS> untold{};
    std::uint64_t unheld = 0;

    base::Result<void> load() {
        kernel.reset(shield_bpf__open());
        if (!kernel) return base::fail_errno(errno, "loading LSM programs");
        const auto& programs = kernel->progs;
        const bool is_new = has_hook("bpf_lsm_bpf_map_free");
        for (auto* goes :
             {is_new ? programs.shield_map_goes : programs.shield_map_goes_before_6_9,
              is_new ? programs.shield_program_goes : programs.shield_program_goes_before_6_9}) {
            bpf_program__set_autoload(goes, true);
        }
        if (shield_bpf__load(kernel.get()) != 0) {
            return base::fail_errno(errno, "loading LSM programs");
        }
        if (shield_bpf__attach(kernel.get()) != 0) {
            return base::fail_errno(errno, "attaching LSM programs");
        }
        return {};
    }

    base::Result<void> set(std::uint32_t adopted, std::uint32_t hold) {
        shield_settings settings{};
        settings.adopted = adopted;
        settings.hold = hold;
        if (bpf_map_update_elem(bpf_map__fd(kernel->maps.shield_settings), &zero, &settings,
                                BPF_ANY) != 0) {
            return base::fail_errno(errno, "setting the shield");
        }
        return {};
    }

    base::Result<void> adopt_this_process() {
        if (auto done = set(static_cast<std::uint32_t>(::getpid()), 0); !done) return done;
        static_cast<void>(::kill(::getpid(), 0));
        return set(0, 0);
    }

    bool take_place(const std::filesystem::path& folder, std::uint32_t hold) {
        return set(static_cast<std::uint32_t>(::getpid()), hold) && gives_to_nobody(folder);
    }

    // What is read-only cannot be renamed, but covered.
    void take_places_above(std::filesystem::path folder) {
        for (folder = folder.parent_path(); folder.has_relative_path();
             folder = folder.parent_path()) {
            static_cast<void>(take_place(folder, SHIELD_ITSELF));
        }
    }

    void take_groups() {
        for (auto group = own_group(); group.native().size() > groups_root.native().size();
             group = group.parent_path()) {
            static_cast<void>(take_place(group, SHIELD_GROUP));
        }
    }

    base::Result<void> take_places(const Folders& folders) {
        for (const auto& [list, hold] :
             {std::pair{&folders.whole, SHIELD_ITSELF | SHIELD_BELOW},
              std::pair{&folders.names, SHIELD_ITSELF | SHIELD_ITS_NAMES}}) {
            for (const auto& folder : *list) {
                if (!take_place(folder, static_cast<std::uint32_t>(hold))) {
                    return base::because(base::ErrorKind::unavailable, "{} cannot be held",
                                         folder.native());
                }
                take_places_above(folder);
            }
        }
        take_places_above(folders.pins);
        take_groups();
        return set(0, 0);
    }

    // Others could else make themselves the sensor's. The programs still write; out of one map
    // refusals are taken, by the sensor alone.
    base::Result<void> close_maps() {
        bpf_map* map = nullptr;
        bpf_object__for_each_map(map, kernel->obj) {
            bpf_map_info info{};
            std::uint32_t size = sizeof info;
            const int file = bpf_map__fd(map);
            if (bpf_obj_get_info_by_fd(file, &info, &size) != 0) {
                return base::fail_errno(errno, "closing the shield's maps");
            }
            // Opened by number it is the sensor's. Constants are closed by libbpf.
            const base::FileDescriptor again(bpf_map_get_fd_by_id(info.id));
            const bool is_open =
                map == kernel->maps.shield_refusals || (info.map_flags & BPF_F_RDONLY_PROG) != 0;
            const bool is_closed = again.valid() && (is_open || bpf_map_freeze(file) == 0);
            if (!is_closed) return base::fail_errno(errno, "closing the shield's maps");
        }
        return {};
    }

    // Opened by number they are the sensor's.
    base::Result<void> take_programs() {
        bpf_program* program = nullptr;
        bpf_object__for_each_program(program, kernel->obj) {
            if (!bpf_program__autoload(program)) continue;
            bpf_prog_info info{};
            std::uint32_t size = sizeof info;
            if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) != 0 ||
                !base::FileDescriptor(bpf_prog_get_fd_by_id(info.id)).valid()) {
                return base::fail_errno(errno, "holding the shield's programs");
            }
        }
        return {};
    }
};

Shield::Shield(std::unique_ptr<Loaded> loaded) : loaded_(std::move(loaded)) {}
Shield::Shield(Shield&&) noexcept = default;
Shield& Shield::operator=(Shield&&) noexcept = default;
Shield::~Shield() = default;

base::Result<Shield> Shield::raise(const Folders& folders) {
    libbpf_set_print(nullptr);
    auto stranger = Stranger::make();
    if (!stranger) return base::Failure(stranger.error());
    auto loaded = std::make_unique<Loaded>();
    if (auto done = loaded->load(); !done) return base::Failure(done.error());
    if (auto done = loaded->adopt_this_process(); !done) return base::Failure(done.error());
    if (auto done = loaded->take_programs(); !done) return base::Failure(done.error());
    if (auto done = loaded->take_places(folders); !done) return base::Failure(done.error());
    if (auto done = loaded->close_maps(); !done) return base::Failure(done.error());
    if (!stranger->is_refused()) {
        return base::because(base::ErrorKind::unavailable,
                             "LSM programs load but refuse nothing: 'bpf' is not among the "
                             "kernel's security modules");
    }
    Shield shield(std::move(loaded));
    static_cast<void>(shield.take_refusals());
    return shield;
}

std::vector<Refused> Shield::take_refusals() {
    const auto& maps = loaded_->kernel->maps;
    const int sorts = bpf_map__fd(maps.shield_refusals);
    std::vector<shield_sort> present;
    shield_sort key{};
    for (const shield_sort* last = nullptr;
         present.size() < SHIELD_SORTS && bpf_map_get_next_key(sorts, last, &key) == 0;) {
        present.push_back(key);
        last = &present.back();
    }
    std::vector<Refused> all;
    for (const auto& sort : present) {
        shield_told told{};
        if (bpf_map_lookup_and_delete_elem(sorts, &sort, &told) != 0) continue;
        all.push_back(refused(sort, told));
    }
    for (std::uint32_t act = 1; act < SHIELD_ACTS; ++act) {
        std::uint64_t count = 0;
        auto& known = loaded_->untold.at(act);
        if (bpf_map_lookup_elem(bpf_map__fd(maps.shield_untold), &act, &count) != 0) continue;
        if (count > known) {
            shield_sort sort{};
            sort.act = act;
            sort.user = SHIELD_NOBODY;
            shield_told told{};
            told.count = count - std::exchange(known, count);
            all.push_back(refused(sort, told));
        }
    }
    return all;
}

base::Result<void> Shield::hold_pins(const std::filesystem::path& folder) const {
    if (gives_to_nobody(folder)) return {};
    return base::because(base::ErrorKind::unavailable, "{} cannot be held", folder.native());
}

std::uint64_t Shield::take_unheld() {
    std::uint64_t count = 0;
    const int map = bpf_map__fd(loaded_->kernel->maps.shield_unheld);
    if (bpf_map_lookup_elem(map, &zero, &count) != 0) return 0;
    return count - std::exchange(loaded_->unheld, count);
}

}  // namespace shoji::shield
