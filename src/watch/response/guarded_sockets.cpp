#include "watch/response/guarded_sockets.h"

#include "watch/response/kernel_file.h"
#include "watch/response/socket_guard.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <socket_guard.skel.h>
#include <socket_guard_lsm.skel.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shoji::response {

const std::uint64_t isolated_families = 1ULL << AF_UNSPEC | 1ULL << AF_UNIX | 1ULL << AF_INET |
                                        1ULL << AF_INET6 | 1ULL << AF_NETLINK | 1ULL << AF_KEY |
                                        1ULL << AF_ALG;

namespace {

template <class Skeleton>
using Owner = std::unique_ptr<Skeleton, void (*)(Skeleton*)>;

// Which of the two names this kernel has for what io_uring is handed.
bool kernel_knows(const char* tracepoint) {
    const std::unique_ptr<btf, decltype(&btf__free)> types(btf__load_vmlinux_btf(), &btf__free);
    const std::string name = std::string("btf_trace_") + tracepoint;
    return types && btf__find_by_name_kind(types.get(), name.c_str(), BTF_KIND_TYPEDEF) > 0;
}

base::Result<void> set_policy(int map, const socket_guard_policy& policy) {
    const std::uint32_t zero = 0;
    if (bpf_map_update_elem(map, &zero, &policy, BPF_ANY) != 0) {
        return base::fail_errno(errno, "setting the guard of sockets");
    }
    return {};
}

base::Result<void> set_programs(int map, const std::vector<std::string>& programs) {
    for (const auto& program : programs) {
        const auto known = kernel_file(program);
        if (!known) continue;  // it is not there, and so makes no sockets
        socket_guard_file file{};
        file.inode = known->inode;
        file.device = known->device;
        const std::uint8_t yes = 1;
        if (bpf_map_update_elem(map, &file, &yes, BPF_ANY) != 0) {
            return base::fail_errno(errno, "setting the guard of sockets");
        }
    }
    return {};
}

// A packet socket is asked for by a process that it is refused to. Where LSM programs load but are
// not among the machine's security modules, it is made all the same.
bool refuses_packets(int policy_map) {
    socket_guard_policy trial{};
    trial.families = ~(1ULL << AF_PACKET);
    if (!set_policy(policy_map, trial)) return false;
    const base::FileDescriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    return !socket.valid() && errno == EPERM;
}

std::string reason(std::string_view doing) {
    return base::fail_errno(errno, doing).value().message;
}

int take_event(void* into, void* data, std::size_t size) {
    socket_guard_event event{};
    if (size < sizeof event) return 0;
    std::memcpy(&event, data, sizeof event);
    const int family = event.family == SOCKET_GUARD_UNKNOWN ? -1 : static_cast<int>(event.family);
    static_cast<std::vector<StoppedSocket>*>(into)->push_back(
        {static_cast<pid_t>(event.process), family});
    return 0;
}

}  // namespace

struct SocketGuard::Loaded {
    GuardChoice choice;
    Owner<socket_guard_lsm_bpf> lsm{nullptr, &socket_guard_lsm_bpf__destroy};
    Owner<socket_guard_bpf> tracepoints{nullptr, &socket_guard_bpf__destroy};
    std::vector<StoppedSocket> stopped;
    std::unique_ptr<ring_buffer, decltype(&ring_buffer__free)> events{nullptr, &ring_buffer__free};

    base::Result<void> finish(int policy_map, int program_map, int event_map,
                              const SocketGuardSettings& settings) {
        socket_guard_policy policy{};
        policy.families = isolated_families;
        policy.scope = settings.cgroup;
        policy.self = static_cast<std::uint32_t>(::getpid());
        if (auto set = set_programs(program_map, settings.packet_programs); !set) return set;
        if (auto set = set_policy(policy_map, policy); !set) return set;
        events.reset(ring_buffer__new(event_map, &take_event, &stopped, nullptr));
        if (!events) return base::fail_errno(errno, "reading the guard of sockets");
        return {};
    }

    bool load_lsm() {
        lsm.reset(socket_guard_lsm_bpf__open_and_load());
        if (!lsm) {
            choice.why = reason("loading LSM programs");
        } else if (socket_guard_lsm_bpf__attach(lsm.get()) != 0) {
            choice.why = reason("attaching LSM programs");
        } else if (!refuses_packets(bpf_map__fd(lsm->maps.socket_policy))) {
            choice.why =
                base::Words::of("'bpf' is not among the kernel's security modules").english();
        } else {
            choice.kind = GuardKind::lsm;
            return true;
        }
        lsm.reset();
        return false;
    }

    base::Result<void> load_tracepoints() {
        tracepoints.reset(socket_guard_bpf__open());
        if (!tracepoints) return base::fail_errno(errno, "reading the guard of sockets");
        auto& programs = tracepoints->progs;
        bpf_program__set_autoload(programs.socket_submit_request,
                                  kernel_knows("io_uring_submit_req"));
        bpf_program__set_autoload(programs.socket_submit_entry,
                                  kernel_knows("io_uring_submit_sqe"));
        if (socket_guard_bpf__load(tracepoints.get()) != 0) {
            return base::fail_errno(errno, "loading the guard of sockets");
        }
        return {};
    }
};

SocketGuard::SocketGuard(std::unique_ptr<Loaded> loaded) : loaded_(std::move(loaded)) {}
SocketGuard::SocketGuard(SocketGuard&&) noexcept = default;
SocketGuard& SocketGuard::operator=(SocketGuard&&) noexcept = default;
SocketGuard::~SocketGuard() = default;

base::Result<SocketGuard> SocketGuard::start(const SocketGuardSettings& settings) {
    libbpf_set_print(nullptr);
    auto loaded = std::make_unique<Loaded>();
    if (settings.try_lsm && loaded->load_lsm()) {
        auto& maps = loaded->lsm->maps;
        if (auto done =
                loaded->finish(bpf_map__fd(maps.socket_policy), bpf_map__fd(maps.packet_programs),
                               bpf_map__fd(maps.socket_events), settings);
            !done) {
            return base::Failure(done.error());
        }
        return SocketGuard(std::move(loaded));
    }
    if (auto done = loaded->load_tracepoints(); !done) return base::Failure(done.error());
    auto& maps = loaded->tracepoints->maps;
    if (auto done =
            loaded->finish(bpf_map__fd(maps.socket_policy), bpf_map__fd(maps.packet_programs),
                           bpf_map__fd(maps.socket_events), settings);
        !done) {
        return base::Failure(done.error());
    }
    // Only now: until its policy stood it would have held for nobody.
    if (socket_guard_bpf__attach(loaded->tracepoints.get()) != 0) {
        return base::fail_errno(errno, "attaching the guard of sockets");
    }
    return SocketGuard(std::move(loaded));
}

const GuardChoice& SocketGuard::choice() const {
    return loaded_->choice;
}

std::vector<base::FileDescriptor> SocketGuard::files() const {
    std::vector<int> all;
    const auto add = [&](const bpf_link* link) {
        if (link != nullptr) all.push_back(bpf_link__fd(link));
    };
    if (loaded_->lsm) {
        all.push_back(bpf_map__fd(loaded_->lsm->maps.socket_policy));
        add(loaded_->lsm->links.socket_create);
    } else {
        const auto& links = loaded_->tracepoints->links;
        all.push_back(bpf_map__fd(loaded_->tracepoints->maps.socket_policy));
        for (const auto* link :
             {links.socket_enter, links.socket_submit_request, links.socket_submit_entry}) {
            add(link);
        }
    }
    return duplicates_of(all);
}

std::vector<StoppedSocket> SocketGuard::take_stopped() {
    (void)ring_buffer__consume(loaded_->events.get());
    return std::exchange(loaded_->stopped, {});
}

namespace {

// -1: no socket, or gone meanwhile.
int family_of(int process, int number) {
    const base::FileDescriptor copy(
        static_cast<int>(::syscall(SYS_pidfd_getfd, process, number, 0)));
    int family = -1;
    socklen_t size = sizeof family;
    if (!copy.valid() || ::getsockopt(copy.get(), SOL_SOCKET, SO_DOMAIN, &family, &size) != 0)
        return -1;
    return family;
}

bool is_isolated(int family, const Process& process, const std::vector<FileId>& packet_programs) {
    if (family < 0 ||
        (family < 64 && (isolated_families >> static_cast<unsigned>(family) & 1U) != 0)) {
        return false;
    }
    return family != AF_PACKET ||
           std::ranges::find(packet_programs, process.program) == packet_programs.end();
}

}  // namespace

base::Result<std::vector<SocketHolder>> socket_holders(const std::vector<FileId>& packet_programs) {
    const auto listing = list_processes();
    if (!listing) return base::Failure(listing.error());
    std::vector<SocketHolder> holders;
    for (const auto& process : *listing) {
        const auto held = hold_process(process.id);
        std::error_code gone;
        const auto folder = fmt::format("/proc/{}/fd", process.id.number);
        for (std::filesystem::directory_iterator entry(folder, gone), end;
             held && !gone && entry != end; entry.increment(gone)) {
            std::error_code unread;
            const auto target = std::filesystem::read_symlink(entry->path(), unread).native();
            if (!target.starts_with("socket:")) continue;
            const std::string name = entry->path().filename();
            int number = -1;
            std::from_chars(name.data(), name.data() + name.size(), number);
            const int family = family_of(held->get(), number);
            if (!is_isolated(family, process, packet_programs)) continue;
            holders.push_back({process, family});
            break;
        }
    }
    return holders;
}

}  // namespace shoji::response
