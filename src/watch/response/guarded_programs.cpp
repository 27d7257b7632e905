#include "watch/response/guarded_programs.h"

#include "core/base/file_descriptor.h"
#include "watch/response/exec_guard.h"
#include "watch/response/file_digest.h"
#include "watch/response/kernel_file.h"
#include "watch/response/map_keys.h"
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
    std::vector<base::FileDescriptor> kernel;  // by ProgramFile, up to the questions
    std::unique_ptr<ring_buffer, decltype(&ring_buffer__free)> events{nullptr, &ring_buffer__free};
    std::optional<ProgramLsm> lsm;  // empty: `why` says why
    GuardChoice choice;
    base::FileDescriptor questions;  // fanotify's; invalid: it does not ask
    base::FileDescriptor stop;
    bool leaves = false;
    mutable std::mutex mutex;  // of the two below
    BlockList list{{}};
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
        if (leaves) return;
        // What waits for a verdict goes on: nobody will give one.
        let_all_go(files());
    }

    [[nodiscard]] int file(ProgramFile which) const {
        return kernel[static_cast<std::size_t>(which)].get();
    }
    [[nodiscard]] std::vector<base::FileDescriptor> files() const;
    base::Result<void> load(const ProgramGuardSettings& settings);
    void load_lsm();
    base::Result<void> take(GuardFiles left);
    base::Result<void> read_events();
    base::Result<void> mark(const ProgramGuardSettings& settings);
    base::Result<void> tell_kernel();
    bool is_blocked(int file, const struct stat& state, bool& settled);
    void answer_questions();
    void answer_waiting();
    void answer(const fanotify_event_metadata& event);
    void examine();
    void examine(const exec_guard_event& event);
    bool has_blocked(pid_t process, bool& settled);
    void remember(const exec_guard_file& seen, bool blocked, std::uint32_t list_number);
};

// Attached once what it is to hold is set.
base::Result<void> ProgramGuard::Running::load(const ProgramGuardSettings& settings) {
    const std::unique_ptr<exec_guard_bpf, void (*)(exec_guard_bpf*)> loaded(
        exec_guard_bpf__open_and_load(), &exec_guard_bpf__destroy);
    if (!loaded) return base::fail_errno(errno, "loading the guard of programs");
    const auto& maps = loaded->maps;
    const std::array<int, 5> all{bpf_map__fd(maps.exec_policy), bpf_map__fd(maps.exec_sizes),
                                 bpf_map__fd(maps.exec_verdicts), bpf_map__fd(maps.exec_held),
                                 bpf_map__fd(maps.exec_events)};
    kernel = duplicates_of(all);
    policy.scope = settings.cgroup;
    policy.self = static_cast<std::uint32_t>(::getpid());
    if (settings.try_lsm) load_lsm();
    if (auto told = tell_kernel(); !told) return told;
    if (exec_guard_bpf__attach(loaded.get()) != 0) {
        return base::fail_errno(errno, "attaching the guard of programs");
    }
    // Such links end with their last descriptor.
    const std::array<int, 2> links{bpf_link__fd(loaded->links.guard_exec),
                                   bpf_link__fd(loaded->links.guard_exit)};
    for (auto& one : duplicates_of(links)) kernel.push_back(std::move(one));
    return read_events();
}

void ProgramGuard::Running::load_lsm() {
    auto started = ProgramLsm::start(
        {file(ProgramFile::policy), file(ProgramFile::sizes), file(ProgramFile::verdicts)});
    if (started) {
        lsm = std::move(*started);
        choice.kind = GuardKind::lsm;
    } else {
        choice.why = started.error().message;
    }
}

// What another process left in force: with the list of this one from now on, and without a moment
// in which nothing holds. Who waits for a verdict stands in its maps still.
base::Result<void> ProgramGuard::Running::take(GuardFiles left) {
    leaves = true;
    constexpr auto questions_at = static_cast<std::size_t>(ProgramFile::questions);
    kernel = std::move(part_of(left, GuardPart::programs));
    if (kernel.size() > questions_at) {
        questions = std::move(kernel.back());
        kernel.pop_back();
        answer_unanswered(questions.get(), FAN_DENY);
    }
    auto& lsm_files = part_of(left, GuardPart::programs_lsm);
    if (!lsm_files.empty()) {
        lsm = ProgramLsm::take(std::move(lsm_files));
        choice.kind = GuardKind::lsm;
    }
    const std::uint32_t zero = 0;
    if (kernel.size() != questions_at ||
        bpf_map_lookup_elem(file(ProgramFile::policy), &zero, &policy) != 0) {
        return base::fail_errno(errno, "going on with the guard of programs");
    }
    number = policy.list;
    policy.self = static_cast<std::uint32_t>(::getpid());
    if (auto told = tell_kernel(); !told) return told;
    return read_events();
}

base::Result<void> ProgramGuard::Running::read_events() {
    const auto take = [](void* into, void* data, std::size_t size) {
        exec_guard_event event{};
        if (size < sizeof event) return 0;
        std::memcpy(&event, data, sizeof event);
        static_cast<Running*>(into)->examine(event);
        return 0;
    };
    events.reset(ring_buffer__new(file(ProgramFile::events), take, this, nullptr));
    if (!events) return base::fail_errno(errno, "reading the guard of programs");
    return {};
}

std::vector<base::FileDescriptor> ProgramGuard::Running::files() const {
    auto numbers = numbers_of(kernel);
    if (questions.valid()) numbers.push_back(questions.get());
    return duplicates_of(numbers);
}

base::Result<void> ProgramGuard::Running::mark(const ProgramGuardSettings& settings) {
    // Asked once in the kernel, nobody needs to be asked before.
    if (!settings.ask_before || lsm) return {};
    if (!questions.valid()) {
        questions.reset(
            ::fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_MARKS,
                            O_RDONLY | O_LARGEFILE | O_CLOEXEC));
    }
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
    if (auto set = set_keys(file(ProgramFile::sizes), list.sizes(), EXEC_GUARD_SIZES); !set)
        return set;
    if (lsm) {
        if (auto set = lsm->set_list(list); !set) return set;
    }
    policy.list = ++number;
    policy.any_size = list.any_size() ? 1 : 0;
    policy.names = list.paths().empty() ? 0 : 1;
    const std::uint32_t zero = 0;
    if (bpf_map_update_elem(file(ProgramFile::policy), &zero, &policy, BPF_ANY) != 0) {
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
void ProgramGuard::Running::remember(const exec_guard_file& seen, bool blocked,
                                     std::uint32_t list_number) {
    const std::uint32_t verdict =
        list_number << EXEC_GUARD_VERDICT_BITS | (blocked ? EXEC_GUARD_DENIED : EXEC_GUARD_ALLOWED);
    bpf_map_update_elem(file(ProgramFile::verdicts), &seen, &verdict, BPF_ANY);
}

void ProgramGuard::Running::answer(const fanotify_event_metadata& event) {
    const base::FileDescriptor asked(event.fd);
    struct stat state {};
    const std::uint32_t list_number = number;
    bool settled = true;
    bool blocked = false;
    if (event.pid != ::getpid() && ::fstat(asked.get(), &state) == 0) {
        blocked = is_blocked(asked.get(), state, settled);
        if (state.st_nlink > 0 && settled) remember(key_of(state), blocked, list_number);
    }
    if (blocked) ++refused;
    answer_question(questions.get(), asked.get(), blocked ? FAN_DENY : FAN_ALLOW);
}

// All that is read is answered, whatever else is wanted meanwhile.
void ProgramGuard::Running::answer_waiting() {
    alignas(fanotify_event_metadata) std::array<std::uint8_t, 8192> buffer{};
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

void ProgramGuard::Running::answer_questions() {
    while (true) {
        std::array<pollfd, 2> waiting{{{questions.get(), POLLIN, 0}, {stop.get(), POLLIN, 0}}};
        ::poll(waiting.data(), waiting.size(), -1);
        if ((waiting[1].revents & POLLIN) != 0) return;
        answer_waiting();
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

void ProgramGuard::Running::examine(const exec_guard_event& event) {
    if (event.act == EXEC_GUARD_KILLED) {
        ++killed;
        return;
    }
    const auto process = static_cast<pid_t>(event.process);
    // Held: the number stays its own until it is let go or has ended, which frees nobody else.
    const auto id = read_process(process);
    if (!id) {
        bpf_map_delete_elem(file(ProgramFile::held), &event.process);
        return;
    }
    const std::uint32_t list_number = number;
    bool settled = true;
    if (!has_blocked(process, settled)) {
        const bool told = event.file.inode != 0 && event.unnamed == 0;
        if (told && settled) remember(event.file, false, list_number);
        let_go(file(ProgramFile::held), process);
        return;
    }
    if (const auto held = hold_process(id->id)) (void)signal_process(held->get(), SIGKILL);
    bpf_map_delete_elem(file(ProgramFile::held), &event.process);
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
                                               const std::vector<Block>& blocks, GuardFiles left) {
    libbpf_set_print(nullptr);
    auto running = std::make_unique<Running>();
    running->list = BlockList(blocks);
    running->stop.reset(::eventfd(0, EFD_CLOEXEC));
    if (!running->stop.valid()) return base::fail_errno(errno, "starting the guard of programs");
    const bool goes_on = !part_of(left, GuardPart::programs).empty();
    auto begun = goes_on ? running->take(std::move(left)) : running->load(settings);
    if (!begun) return base::Failure(begun.error());
    if (auto marked = running->mark(settings); !marked) return base::Failure(marked.error());
    auto* all = running.get();
    if (all->questions.valid()) all->answering = std::thread([all] { all->answer_questions(); });
    all->examining = std::thread([all] { all->examine(); });
    all->leaves = false;
    return ProgramGuard(std::move(running));
}

void ProgramGuard::leave() {
    running_->leaves = true;
}

GuardFiles ProgramGuard::files() const {
    GuardFiles files;
    part_of(files, GuardPart::programs) = running_->files();
    if (running_->lsm) part_of(files, GuardPart::programs_lsm) = running_->lsm->files();
    return files;
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
        const auto there = running_->lsm->counts();
        counts.refused += there.refused;
        counts.read += there.read;
        counts.too_long += there.too_long;
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
