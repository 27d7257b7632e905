#include "watch/shield/shielded_test.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <thread>

#include <bpf/bpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::shield {
namespace {

void say(int to, const std::string& line) {
    const auto text = line + "\n";
    static_cast<void>(!::write(to, text.data(), text.size()));
}

[[noreturn]] void wait_forever() {
    while (true) ::pause();
}

base::FileDescriptor make_ring(const char* name) {
    return base::FileDescriptor(bpf_map_create(BPF_MAP_TYPE_RINGBUF, name, 0, 0, 4096, nullptr));
}

[[noreturn]] void be_part(int answers) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const auto ring = make_ring("parts_ring");
    const pid_t child = ::fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        wait_forever();
    }
    std::thread([=] {
        say(answers, fmt::format("{} {} {}", ::getpid(), child, ::gettid()));
        wait_forever();
    }).detach();
    wait_forever();
}

std::string described(Shield& shield) {
    std::string all;
    for (const auto& [one, count] : shield.take_refusals()) {
        all += fmt::format("{} {} {} {} {} {} {};", static_cast<unsigned>(one.act), one.detail,
                           one.process, one.user, count, one.program, one.file);
    }
    return all;
}

base::FileDescriptor make_map() {
    return base::FileDescriptor(
        bpf_map_create(BPF_MAP_TYPE_ARRAY, "keepers_array", 4, 4, 1, nullptr));
}

// As many come and go in a sensor that reads another policy again and again. The kernel takes them
// away a moment after they are closed.
[[nodiscard]] bool makes_many(const std::function<base::FileDescriptor()>& make, int many) {
    for (int made = 0, tries = 0; made < many; ++tries) {
        if (make().valid()) {
            ++made;
        } else if (errno != ENOSPC || tries > 2 * many) {
            return false;
        } else {
            ::usleep(10'000);
        }
    }
    return true;
}

// Why there is no other one at last.
int fill_with_maps() {
    rlimit limit{4 * SHIELD_MAPS, 4 * SHIELD_MAPS};
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return errno;
    std::vector<base::FileDescriptor> maps;
    while (maps.size() <= SHIELD_MAPS) {
        maps.push_back(make_map());
        if (!maps.back().valid()) return errno;
    }
    return 0;
}

// More than are held; they end with the keeper, or when told.
class Crowd {
  public:
    // "FIRST LAST".
    std::string start() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return "no";
        stay_.reset(ends[1]);
        const base::FileDescriptor reading(ends[0]);
        pid_t first = 0, last = 0;
        for (int i = 0; i < crowd; ++i) {
            last = ::fork();
            if (last < 0) return "no";
            if (last == 0) stay(reading);
            if (first == 0) first = last;
        }
        return fmt::format("{} {}", first, last);
    }
    std::string end() {
        stay_.reset();
        for (int i = 0; i < crowd; ++i) ::waitpid(-1, nullptr, 0);
        return "ended";
    }

  private:
    [[noreturn]] void stay(const base::FileDescriptor& reading) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        stay_.reset();
        char nothing = 0;
        static_cast<void>(!::read(reading.get(), &nothing, 1));
        ::_exit(0);
    }
    base::FileDescriptor stay_;
};

// As parts write all the while.
[[nodiscard]] bool writes_below(const std::filesystem::path& folder) {
    std::ofstream(folder / "fresh") << "x" << std::flush;
    std::error_code failed;
    std::filesystem::rename(folder / "fresh", folder / "renamed", failed);
    return !failed && std::filesystem::remove(folder / "renamed", failed);
}

// Its numbers are told: "LINK PROGRAM".
class AttachedProgram {
  public:
    AttachedProgram(const std::filesystem::path& group, const std::filesystem::path& pins)
        : group_(group), pins_(pins) {}
    std::string attach() {
        program_ = load_program("keepers_program");
        link_ = attach_program(program_, group_);
        bpf_link_info info{};
        std::uint32_t size = sizeof info;
        if (bpf_obj_get_info_by_fd(link_.get(), &info, &size) != 0) return "no";
        number_ = info.id;
        return fmt::format("{} {}", info.id, info.prog_id);
    }
    [[nodiscard]] std::string detach() const {
        const base::FileDescriptor link(bpf_link_get_fd_by_id(number_));
        return bpf_link_detach(link.get()) == 0 ? "detached" : std::to_string(errno);
    }

    // As after SIGHUP: the folder is another one then.
    [[nodiscard]] std::string pin(const Shield& shield) const {
        std::error_code failed;
        std::filesystem::remove_all(pins_, failed);
        const bool made = !failed && ::mkdir(pins_.c_str(), 0700) == 0 &&
                          bpf_obj_pin(link_.get(), (pins_ / "link").c_str()) == 0 &&
                          shield.hold_pins(pins_);
        return made ? "pinned" : "no";
    }

  private:
    std::filesystem::path group_, pins_;
    base::FileDescriptor program_, link_;
    std::uint32_t number_ = 0;
};

class Keeper {
  public:
    Keeper(Shield shield, const Folders& folders, AttachedProgram program)
        : shield_(std::move(shield)), folders_(folders), program_(std::move(program)) {}
    std::string obey(char order) {
        switch (order) {
            case 'm':
                if (!makes_many(make_map, 2 * SHIELD_MAPS)) return "no";
                late_ = make_ring("late_ring");
                return late_.valid() ? "made" : "no";
            case 'n':
                return makes_many([] { return load_program("passing_program"); },
                                  2 * SHIELD_PROGRAMS)
                           ? "loaded"
                           : "no";
            case 'f':
                return std::to_string(fill_with_maps());
            case 'p':
                return people_.start();
            case 'e':
                return people_.end();
            case 'u':
                return std::to_string(shield_->take_unheld());
            case 't':
                return described(*shield_);
            case 'w':
                return writes_below(folders_.whole.front()) ? "written" : "no";
            case 'a':
                return program_.attach();
            case 'd':
                return program_.detach();
            case 'k':
                return program_.pin(*shield_);
            case 'l':
                shield_.reset();
                return "lowered";
            default:
                return "no such order";
        }
    }
    // In a process that goes on beside it.
    void forget() { shield_.reset(); }

  private:
    std::optional<Shield> shield_;
    const Folders& folders_;
    base::FileDescriptor ring_ = make_ring("keepers_ring"), late_;
    Crowd people_;
    AttachedProgram program_;
};

[[noreturn]] void be_keeper(const Folders& folders, AttachedProgram program, int orders,
                            int answers) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    auto raised = Shield::raise(folders);
    if (!raised) {
        say(answers, raised.error().message);
        ::_exit(1);
    }
    Keeper keeper(std::move(*raised), folders, std::move(program));
    say(answers, "raised");
    if (::fork() == 0) {
        keeper.forget();
        be_part(answers);
    }
    for (char order = 0; ::read(orders, &order, 1) == 1;) say(answers, keeper.obey(order));
    wait_forever();
}

}  // namespace

base::FileDescriptor load_program(const char* name) {
    const std::array<bpf_insn, 2> lets_all{
        {{BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 1}, {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}}};
    return base::FileDescriptor(bpf_prog_load(BPF_PROG_TYPE_CGROUP_SKB, name, "GPL",
                                              lets_all.data(), lets_all.size(), nullptr));
}

base::FileDescriptor attach_program(const base::FileDescriptor& program,
                                    const std::filesystem::path& group) {
    const base::FileDescriptor folder(::open(group.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return base::FileDescriptor(
        bpf_link_create(program.get(), folder.get(), BPF_CGROUP_INET_INGRESS, nullptr));
}

void ShieldTest::SetUp() {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    std::string name = "/var/tmp/shoji-shield-test.XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    top_ = name;
    held_ = top_ / "above" / "state";
    named_ = top_ / "run";
    pins_ = top_ / "bpf" / "sensor";
    for (const auto& folder : {held_ / "spool", named_}) {
        std::filesystem::create_directories(folder);
    }
    for (const auto& file : {held_ / "file", held_ / "spool" / "segment", named_ / "sensor.sock",
                             named_ / "other", top_ / "aside"}) {
        std::ofstream(file) << "x";
    }
    // Anybody finds the way; one folder is a user's.
    ASSERT_EQ(::chmod(top_.c_str(), 0755), 0);
    ASSERT_EQ(::chown((held_ / "spool").c_str(), user, user), 0);
    if (mounts_bpf_) {
        std::filesystem::create_directory(pins_.parent_path());
        ASSERT_EQ(::mount("bpf", pins_.parent_path().c_str(), "bpf", 0, "mode=0700"), 0) << errno;
    }
    const std::filesystem::path groups = "/sys/fs/cgroup";
    if (std::filesystem::exists(groups / "cgroup.procs")) group_ = groups / top_.filename();
    if (!group_.empty()) {
        // Where it is the topmost group's to give.
        std::ofstream(groups / "cgroup.subtree_control") << "+io" << std::flush;
    }
    if (!group_.empty() && ::mkdir(group_.c_str(), 0755) != 0) group_.clear();
    std::array<int, 2> orders{}, answers{};
    ASSERT_EQ(::pipe2(orders.data(), O_CLOEXEC), 0);
    ASSERT_EQ(::pipe2(answers.data(), O_CLOEXEC), 0);
    keeper_ = ::fork();
    if (keeper_ == 0) {
        ::close(orders[1]);
        if (!group_.empty()) std::ofstream(group_ / "cgroup.procs") << "0" << std::flush;
        be_keeper({{held_}, {named_}, pins_}, {group_, pins_}, orders[0], answers[1]);
    }
    ::close(orders[0]);
    ::close(answers[1]);
    order_.reset(orders[1]);
    answer_.reset(answers[0]);
    const auto said = ask(0);
    if (said != "raised") GTEST_SKIP() << said;
    std::istringstream(ask(0)) >> part_ >> child_ >> thread_;
    ASSERT_GT(part_, 1);
    ASSERT_GT(child_, 1);
    ASSERT_GT(thread_, 1);
}

void ShieldTest::TearDown() {
    if (keeper_ > 1) {
        ::kill(keeper_, SIGTERM);
        static_cast<void>(end_of_keeper());
    }
    // The kernel takes the programs away a moment after their last holder.
    const auto bpf = pins_.parent_path();
    for (int tries = 0;
         tries < 5000 && mounts_bpf_ && ::umount2(bpf.c_str(), MNT_DETACH) != 0 && errno == EPERM;
         ++tries) {
        ::usleep(1000);
    }
    std::error_code ignored;
    for (int tries = 0; tries < 5000 && !top_.empty() && std::filesystem::exists(top_); ++tries) {
        std::filesystem::remove_all(top_, ignored);
        ::usleep(1000);
    }
    for (int tries = 0; tries < 5000 && !group_.empty() && ::rmdir(group_.c_str()) != 0; ++tries) {
        ::usleep(1000);
    }
}

// With 0 nothing is asked: it speaks by itself.
std::string ShieldTest::ask(char what) {
    if (what != 0 && ::write(order_.get(), &what, 1) != 1) return {};
    std::string line;
    for (char one = 0; ::read(answer_.get(), &one, 1) == 1 && one != '\n';) line += one;
    return line;
}

std::vector<std::string> ShieldTest::take_refusals() {
    std::vector<std::string> all;
    std::istringstream text(ask('t'));
    for (std::string one; std::getline(text, one, ';');) all.push_back(one);
    return all;
}

bool ShieldTest::is_told(Act act, std::uint32_t detail) {
    const auto expected =
        fmt::format("{} {} {} 0 ", static_cast<unsigned>(act), detail, ::getpid());
    for (const auto& one : take_refusals()) {
        if (one.starts_with(expected)) return true;
    }
    return false;
}

int ShieldTest::end_of_keeper() {
    int status = 0;
    ::waitpid(keeper_, &status, 0);
    keeper_ = -1;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace shoji::shield
