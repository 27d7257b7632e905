#include "watch/response/guarded_programs.h"

#include "core/base/file_descriptor.h"
#include "watch/response/exec_guard.h"
#include "watch/response/file_digest.h"
#include "watch/response/kernel_file.h"
#include "watch/response/program_lsm.h"
#include "watch/response/small_file.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <sstream>
#include <thread>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <exec_guard.skel.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::response {
namespace {

constexpr std::uint64_t most_read = 1ULL << 30U;
constexpr int look_again = 1000;  // milliseconds

// File systems that hold no programs, or whose files another machine or program serves.
bool is_asked_for(const std::string& type) {
    constexpr std::array left_out{
        "proc",       "sysfs",    "cgroup",      "cgroup2",    "devpts",   "debugfs", "tracefs",
        "securityfs", "bpf",      "mqueue",      "pstore",     "configfs", "nsfs",    "nfs",
        "nfs4",       "cifs",     "smb3",        "9p",         "ceph",     "autofs",  "hugetlbfs",
        "fusectl",    "efivarfs", "binfmt_misc", "rpc_pipefs", "selinuxfs"};
    return !type.starts_with("fuse") && std::ranges::find(left_out, type) == left_out.end();
}

std::vector<std::string> own_file_systems(const std::string& mountinfo) {
    std::vector<std::string> folders;
    std::istringstream lines(mountinfo);
    for (std::string line; std::getline(lines, line);) {
        const auto dash = line.find(" - ");
        if (dash == std::string::npos) continue;
        const std::string type = line.substr(dash + 3, line.find(' ', dash + 3) - dash - 3);
        std::istringstream words(line);
        std::string folder;
        constexpr int place = 5;
        for (int i = 0; i < place; ++i) words >> folder;
        if (is_asked_for(type)) folders.push_back(folder);
    }
    return folders;
}

// Nobody has it open to write: what was read stays true until its ctime changes.
bool is_settled(int file) {
    if (::fcntl(file, F_SETLEASE, F_RDLCK) != 0) return false;
    return ::fcntl(file, F_SETLEASE, F_UNLCK) == 0;
}

exec_guard_file key_of(const struct stat& state) {
    exec_guard_file key{};
    key.inode = state.st_ino;
    key.size = static_cast<std::uint64_t>(state.st_size);
    key.changed = state.st_ctim.tv_sec;
    key.changed_nanoseconds = static_cast<std::uint32_t>(state.st_ctim.tv_nsec);
    key.device = kernel_device(state.st_dev);
    return key;
}

}  // namespace

struct ProgramGuard::Running {
    std::unique_ptr<exec_guard_bpf, void (*)(exec_guard_bpf*)> kernel{nullptr,
                                                                      &exec_guard_bpf__destroy};
    std::unique_ptr<ring_buffer, decltype(&ring_buffer__free)> events{nullptr, &ring_buffer__free};
    std::optional<ProgramLsm> lsm;  // empty: `why` says why
    GuardChoice choice;
    base::FileDescriptor questions;  // fanotify's; invalid: it does not ask
    base::FileDescriptor stop;
    mutable std::mutex mutex;  // of the three below
    BlockList list{{}};
    std::set<std::uint64_t> sizes;  // as the kernel programs have them
    exec_guard_policy policy{};
    // Of the list: what was found out by an older one is not remembered.
    std::atomic<std::uint32_t> number{0};
    std::atomic<std::uint64_t> refused{0}, killed{0}, read{0}, too_long{0};
    std::thread answering;
    std::thread examining;

    ~Running() {
        const std::uint64_t one = 1;
        if (stop.valid()) (void)!::write(stop.get(), &one, sizeof one);
        if (answering.joinable()) answering.join();
        if (examining.joinable()) examining.join();
        // What waits for a verdict goes on: nobody will give one.
        if (kernel) let_all_go();
    }

    base::Result<void> load(const ProgramGuardSettings& settings);
    void load_lsm();
    base::Result<void> mark(const ProgramGuardSettings& settings);
    base::Result<void> tell_kernel();
    bool is_blocked(int file, const struct stat& state, bool& settled);
    void answer_questions();
    void answer(const fanotify_event_metadata& event);
    void examine();
    void examine(const exec_guard_event& event);
    bool has_blocked(pid_t process, bool& settled);
    void remember(const exec_guard_file& file, bool blocked, std::uint32_t list_number);
    void let_go(pid_t process);
    void let_all_go();
};

base::Result<void> ProgramGuard::Running::load(const ProgramGuardSettings& settings) {
    kernel.reset(exec_guard_bpf__open_and_load());
    if (!kernel) return base::fail_errno(errno, "loading the guard of programs");
    policy.scope = settings.cgroup;
    policy.self = static_cast<std::uint32_t>(::getpid());
    if (settings.try_lsm) load_lsm();
    const auto take = [](void* into, void* data, std::size_t size) {
        exec_guard_event event{};
        if (size < sizeof event) return 0;
        std::memcpy(&event, data, sizeof event);
        static_cast<Running*>(into)->examine(event);
        return 0;
    };
    events.reset(ring_buffer__new(bpf_map__fd(kernel->maps.exec_events), take, this, nullptr));
    if (!events) return base::fail_errno(errno, "reading the guard of programs");
    return tell_kernel();
}

void ProgramGuard::Running::load_lsm() {
    auto& maps = kernel->maps;
    auto started = ProgramLsm::start({bpf_map__fd(maps.exec_policy), bpf_map__fd(maps.exec_sizes),
                                      bpf_map__fd(maps.exec_verdicts)});
    if (started) {
        lsm = std::move(*started);
        choice.kind = GuardKind::lsm;
    } else {
        choice.why = started.error().message;
    }
}

base::Result<void> ProgramGuard::Running::mark(const ProgramGuardSettings& settings) {
    // Asked once in the kernel, nobody needs to be asked before.
    if (!settings.ask_before || lsm) return {};
    questions.reset(
        ::fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_MARKS,
                        O_RDONLY | O_LARGEFILE | O_CLOEXEC));
    if (!questions.valid()) return base::fail_errno(errno, "asking for what is executed");
    auto folders = settings.file_systems;
    if (folders.empty()) {
        const auto mounts = read_small_file("/proc/self/mountinfo", 1U << 22U);
        if (!mounts) return base::Failure(mounts.error());
        folders = own_file_systems(*mounts);
    }
    std::size_t marked = 0;
    for (const auto& folder : folders) {
        if (::fanotify_mark(questions.get(), FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN_EXEC_PERM,
                            AT_FDCWD, folder.c_str()) == 0) {
            ++marked;
        }
    }
    // One that is mounted over, or that cannot be asked for, is held by the kernel programs alone.
    if (marked == 0) return base::fail_errno(errno, "asking for what is executed");
    return {};
}

// What is blocked; the policy last, with a new number, for what was found out by another list is no
// longer known.
base::Result<void> ProgramGuard::Running::tell_kernel() {
    const int map = bpf_map__fd(kernel->maps.exec_sizes);
    const auto now = list.sizes();
    for (const auto size : now) {
        const std::uint8_t yes = 1;
        if (bpf_map_update_elem(map, &size, &yes, BPF_ANY) != 0) {
            return base::worded(base::fail(base::ErrorKind::full, "more than {} files are blocked",
                                           EXEC_GUARD_SIZES),
                                "response.block.full",
                                {{"limit", std::to_string(EXEC_GUARD_SIZES)}});
        }
    }
    for (const auto size : sizes) {
        if (!now.contains(size)) bpf_map_delete_elem(map, &size);
    }
    sizes = now;
    if (lsm) {
        if (auto set = lsm->set_list(list); !set) return set;
    }
    policy.list = ++number;
    policy.any_size = list.any_size() ? 1 : 0;
    policy.names = list.paths().empty() ? 0 : 1;
    const std::uint32_t zero = 0;
    if (bpf_map_update_elem(bpf_map__fd(kernel->maps.exec_policy), &zero, &policy, BPF_ANY) != 0) {
        return base::fail_errno(errno, "setting the guard of programs");
    }
    return {};
}

// Called with no lock held: it may read for long.
bool ProgramGuard::Running::is_blocked(int file, const struct stat& state, bool& settled) {
    std::array<char, 4097> target{};
    const std::string link = fmt::format("/proc/self/fd/{}", file);
    const ssize_t length = ::readlink(link.c_str(), target.data(), target.size() - 1);
    const std::string path(target.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    const auto size = static_cast<std::uint64_t>(state.st_size);
    {
        const std::lock_guard lock(mutex);
        if (list.has_path(path, {state.st_dev, state.st_ino})) return true;
        if (!S_ISREG(state.st_mode) || !list.may_be(size)) return false;
    }
    if (size > most_read) {
        ++too_long;
        return false;
    }
    settled = settled && is_settled(file);
    ++read;
    const auto digest = digest_of_file(file);
    const std::lock_guard lock(mutex);
    // One that cannot be read cannot be run either.
    return digest && list.has_digest(*digest);
}

// By the list of that number: once there is another, it counts no more.
void ProgramGuard::Running::remember(const exec_guard_file& file, bool blocked,
                                     std::uint32_t list_number) {
    const std::uint32_t verdict =
        list_number << EXEC_GUARD_VERDICT_BITS | (blocked ? EXEC_GUARD_DENIED : EXEC_GUARD_ALLOWED);
    bpf_map_update_elem(bpf_map__fd(kernel->maps.exec_verdicts), &file, &verdict, BPF_ANY);
}

void ProgramGuard::Running::answer(const fanotify_event_metadata& event) {
    const base::FileDescriptor file(event.fd);
    struct stat state {};
    const std::uint32_t list_number = number;
    bool settled = true;
    bool blocked = false;
    if (event.pid != ::getpid() && ::fstat(file.get(), &state) == 0) {
        blocked = is_blocked(file.get(), state, settled);
        if (state.st_nlink > 0 && settled) remember(key_of(state), blocked, list_number);
    }
    if (blocked) ++refused;
    fanotify_response answer{};
    answer.fd = file.get();
    answer.response = blocked ? FAN_DENY : FAN_ALLOW;
    (void)!::write(questions.get(), &answer, sizeof answer);
}

void ProgramGuard::Running::answer_questions() {
    alignas(fanotify_event_metadata) std::array<std::uint8_t, 8192> buffer{};
    while (true) {
        std::array<pollfd, 2> waiting{{{questions.get(), POLLIN, 0}, {stop.get(), POLLIN, 0}}};
        ::poll(waiting.data(), waiting.size(), -1);
        if ((waiting[1].revents & POLLIN) != 0) return;
        const ssize_t got = ::read(questions.get(), buffer.data(), buffer.size());
        auto left = got > 0 ? static_cast<std::size_t>(got) : 0;
        for (std::size_t at = 0; left >= sizeof(fanotify_event_metadata);) {
            fanotify_event_metadata event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            if (event.event_len < sizeof event || event.event_len > left) break;
            if (event.fd >= 0) answer(event);
            at += event.event_len;
            left -= event.event_len;
        }
    }
}

bool ProgramGuard::Running::has_blocked(pid_t process, bool& settled) {
    std::vector<std::string> files{fmt::format("/proc/{}/exe", process)};
    // Only what is mapped executable: the second word of maps has an x.
    const auto maps = read_small_file(fmt::format("/proc/{}/maps", process), 1U << 26U);
    std::istringstream lines(maps ? *maps : std::string());
    for (std::string line; std::getline(lines, line);) {
        const auto space = line.find(' ');
        if (space == std::string::npos || line.size() < space + 4 || line[space + 3] != 'x')
            continue;
        files.push_back(fmt::format("/proc/{}/map_files/{}", process, line.substr(0, space)));
    }
    std::set<FileId> seen;
    for (const auto& name : files) {
        const base::FileDescriptor file(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        struct stat state {};
        if (!file.valid() || ::fstat(file.get(), &state) != 0)
            continue;  // anonymous memory has none
        if (!seen.insert({state.st_dev, state.st_ino}).second) continue;
        if (is_blocked(file.get(), state, settled)) return true;
    }
    return false;
}

void ProgramGuard::Running::let_go(pid_t process) {
    const auto key = static_cast<std::uint32_t>(process);
    bpf_map_delete_elem(bpf_map__fd(kernel->maps.exec_held), &key);
    ::kill(process, SIGCONT);
}

void ProgramGuard::Running::let_all_go() {
    for (std::uint32_t key = 0;
         bpf_map_get_next_key(bpf_map__fd(kernel->maps.exec_held), nullptr, &key) == 0;) {
        let_go(static_cast<pid_t>(key));
    }
}

void ProgramGuard::Running::examine(const exec_guard_event& event) {
    if (event.act == EXEC_GUARD_KILLED) {
        ++killed;
        return;
    }
    const auto process = static_cast<pid_t>(event.process);
    // Held: the number stays its own until it is let go or has ended, which frees nobody else.
    const auto id = read_process(process);
    if (!id) {
        bpf_map_delete_elem(bpf_map__fd(kernel->maps.exec_held), &event.process);
        return;
    }
    const std::uint32_t list_number = number;
    bool settled = true;
    if (!has_blocked(process, settled)) {
        const bool told = event.file.inode != 0 && event.unnamed == 0;
        if (told && settled) remember(event.file, false, list_number);
        let_go(process);
        return;
    }
    if (const auto held = hold_process(id->id)) (void)signal_process(held->get(), SIGKILL);
    bpf_map_delete_elem(bpf_map__fd(kernel->maps.exec_held), &event.process);
    ++killed;
}

void ProgramGuard::Running::examine() {
    while (true) {
        std::array<pollfd, 2> waiting{
            {{ring_buffer__epoll_fd(events.get()), POLLIN, 0}, {stop.get(), POLLIN, 0}}};
        ::poll(waiting.data(), waiting.size(), look_again);
        if ((waiting[1].revents & POLLIN) != 0) return;
        (void)ring_buffer__consume(events.get());
        const std::lock_guard lock(mutex);
        if (list.look_at_paths()) (void)tell_kernel();
    }
}

ProgramGuard::ProgramGuard(std::unique_ptr<Running> running) : running_(std::move(running)) {}
ProgramGuard::ProgramGuard(ProgramGuard&&) noexcept = default;
ProgramGuard& ProgramGuard::operator=(ProgramGuard&&) noexcept = default;
ProgramGuard::~ProgramGuard() = default;

base::Result<ProgramGuard> ProgramGuard::start(const ProgramGuardSettings& settings,
                                               const std::vector<Block>& blocks) {
    libbpf_set_print(nullptr);
    auto running = std::make_unique<Running>();
    running->list = BlockList(blocks);
    running->stop.reset(::eventfd(0, EFD_CLOEXEC));
    if (!running->stop.valid()) return base::fail_errno(errno, "starting the guard of programs");
    if (auto loaded = running->load(settings); !loaded) return base::Failure(loaded.error());
    if (auto marked = running->mark(settings); !marked) return base::Failure(marked.error());
    auto* all = running.get();
    if (all->questions.valid()) all->answering = std::thread([all] { all->answer_questions(); });
    all->examining = std::thread([all] { all->examine(); });
    if (exec_guard_bpf__attach(all->kernel.get()) != 0) {
        return base::fail_errno(errno, "attaching the guard of programs");
    }
    return ProgramGuard(std::move(running));
}

base::Result<void> ProgramGuard::set_blocks(const std::vector<Block>& blocks) {
    const std::lock_guard lock(running_->mutex);
    running_->list = BlockList(blocks);
    return running_->tell_kernel();
}

ProgramGuardCounts ProgramGuard::counts() const {
    ProgramGuardCounts counts{running_->refused, running_->killed, running_->read,
                              running_->too_long};
    if (running_->lsm) {
        counts.refused += running_->lsm->refused();
        counts.read += running_->lsm->read();
        counts.too_long += running_->lsm->too_long();
    }
    return counts;
}

const GuardChoice& ProgramGuard::choice() const {
    return running_->choice;
}

bool ProgramGuard::holds_scripts() const {
    return running_->lsm || running_->questions.valid();
}

}  // namespace shoji::response
