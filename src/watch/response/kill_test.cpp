// Real processes, fork bombs of bounded size among them.
#include "watch/response/kill.h"

#include "watch/response/freezer.h"
#include "watch/response/small_file.h"

#include <atomic>
#include <csignal>
#include <filesystem>
#include <functional>
#include <new>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::response {
namespace {

// Shared with the bomb: how many may still be made.
struct Budget {
    std::atomic<int> left;
};

class KillTest : public ::testing::Test {
  protected:
    void SetUp() override {
        ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
        memory_ = ::mmap(nullptr, sizeof(Budget), PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        ASSERT_NE(memory_, MAP_FAILED);
        budget_ = new (memory_) Budget{};
    }
    void TearDown() override {
        budget_->left = 0;
        for (const auto& process : children()) ::kill(process.id.number, SIGKILL);
        while (::waitpid(-1, nullptr, 0) > 0) {
        }
        ::munmap(memory_, sizeof(Budget));
    }

    static pid_t start(const std::function<void()>& body) {
        const pid_t child = ::fork();
        if (child == 0) {
            body();
            ::_exit(0);
        }
        return child;
    }
    // Those that this test has made, however deep, but the dead.
    static std::vector<Process> children() {
        const auto all = list_processes();
        std::vector<Process> mine;
        std::set<pid_t> known{::getpid()};
        for (bool grown = true; all && grown;) {
            grown = false;
            for (const auto& one : *all) {
                if (!known.contains(one.parent) || known.contains(one.id.number)) continue;
                known.insert(one.id.number);
                grown = true;
                if (one.state != 'Z' && one.state != 'X') mine.push_back(one);
            }
        }
        return mine;
    }
    static ProcessId id_of(pid_t number) { return read_process(number).value().id; }
    bool wait_for(const std::function<bool()>& condition) const {
        constexpr int steps = 20000;
        for (int i = 0; i < steps; ++i) {
            if (condition()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return false;
    }

    // Each makes two more while the budget lasts; `orphans`: those are made by a child that ends.
    static void bomb(Budget& budget, bool orphans) {
        while (budget.left.fetch_sub(1) > 0) {
            const pid_t child = ::fork();
            if (child == 0 && orphans) {
                if (::fork() != 0) ::_exit(0);
            }
        }
        while (true) ::pause();
    }

    void* memory_ = nullptr;
    Budget* budget_ = nullptr;
    static Protection protect(const std::vector<std::string>& programs) {
        return {::getpid(), files_of(programs), {}, 0, {}};
    }
    Protection protection_ = protect({});
};

TEST_F(KillTest, EndsAProcessAndWhatDescendsFromIt) {
    const pid_t child = start([] {
        if (::fork() == 0 && ::fork() == 0) ::setsid();
        while (true) ::pause();
    });
    ASSERT_TRUE(wait_for([] { return children().size() == 3; }));
    const auto outcome = kill_process(id_of(child), true, protection_, false);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->killed.size(), 3U);
    EXPECT_TRUE(children().empty());
}

TEST_F(KillTest, LeavesDescendantsWhenAskedForOneProcess) {
    const pid_t child = start([] {
        ::fork();
        while (true) ::pause();
    });
    ASSERT_TRUE(wait_for([] { return children().size() == 2; }));
    const auto outcome = kill_process(id_of(child), false, protection_, false);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->killed.size(), 1U);
    EXPECT_EQ(children().size(), 1U);
}

TEST_F(KillTest, DoesNothingInADryRun) {
    const pid_t child = start([] {
        ::fork();
        while (true) ::pause();
    });
    ASSERT_TRUE(wait_for([] { return children().size() == 2; }));
    const auto outcome = kill_process(id_of(child), true, protection_, true);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->killed.size(), 2U);
    for (const auto& process : children()) EXPECT_EQ(process.state, 'S');
    EXPECT_EQ(children().size(), 2U);
}

TEST_F(KillTest, NeverHitsANumberThatAnotherProcessHas) {
    const pid_t child = start([] { ::pause(); });
    ProcessId other = id_of(child);
    ++other.start;
    for (const bool dry : {true, false}) {
        const auto outcome = kill_process(other, true, protection_, dry);
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().kind, base::ErrorKind::not_found);
    }
    EXPECT_FALSE(hold_process(other));
    EXPECT_EQ(children().size(), 1U);
}

TEST_F(KillTest, NeverKillsTheFirstProcessItselfOrAProtectedProgram) {
    EXPECT_FALSE(kill_process(id_of(1), true, protection_, false));
    EXPECT_FALSE(kill_process(id_of(::getpid()), true, protection_, false));
    const pid_t child = start([] { ::pause(); });
    auto protection = protect({"/proc/self/exe"});
    protection.self = 0;
    const auto outcome = kill_process(id_of(child), true, protection, false);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, base::ErrorKind::denied);
    EXPECT_EQ(outcome.error().key, "response.kill.protected");
    EXPECT_EQ(children().size(), 1U);
}

// Everybody may start a protected program, and make it run what he likes.
TEST_F(KillTest, KillsAProtectedProgramThatSomebodyWithoutRootStarted) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    const auto protection = protect({"/bin/sleep"});
    const auto sleeper = [](uid_t user) {
        return start([user] {
            // As who is started by a program with the set-user-id bit of root.
            if (::setresuid(user, 0, 0) != 0) ::_exit(1);
            ::execl("/bin/sleep", "sleep", "600", nullptr);
        });
    };
    for (const uid_t user : {0U, 65534U}) {
        const pid_t child = sleeper(user);
        ASSERT_TRUE(
            wait_for([&] { return read_process(child)->program == protection.programs.front(); }));
        const auto outcome = kill_process(id_of(child), true, protection, false);
        EXPECT_EQ(outcome.has_value(), user != 0) << user;
    }
}

TEST_F(KillTest, EndsAForkBombWhileItGrows) {
    for (const bool orphans : {false, true}) {
        budget_->left = 600;
        const pid_t child = start([&] {
            ::setsid();
            bomb(*budget_, orphans);
        });
        ASSERT_TRUE(wait_for([&] { return budget_->left < 550; }));
        const auto outcome =
            kill_process(id_of(child), true, protection_, false, std::chrono::seconds(120));
        ASSERT_TRUE(outcome) << outcome.error().message;
        EXPECT_FALSE(outcome->frozen);
        EXPECT_GT(outcome->killed.size(), 20U);
        EXPECT_TRUE(children().empty()) << children().size() << " live on; orphans: " << orphans;
        budget_->left = 0;
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
    }
}

// Stopped, traced, waiting for a child of vfork, without a parent, in a session of its own.
TEST_F(KillTest, EndsProcessesInWhateverStateTheyAre) {
    const pid_t child = start([] {
        if (::fork() == 0) {
            ::raise(SIGSTOP);
            ::_exit(0);
        }
        if (::fork() == 0) {
            ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
            ::raise(SIGTRAP);
            ::_exit(0);
        }
        if (::fork() == 0) {
            ::syscall(SYS_clone, CLONE_VFORK | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
            while (true) ::pause();
        }
        if (::fork() == 0) {
            ::setsid();
            if (::fork() == 0) {
                while (true) ::pause();
            }
            ::_exit(0);
        }
        while (true) ::pause();
    });
    const auto has = [](char state) {
        const auto all = children();
        return std::ranges::find(all, state, &Process::state) != all.end();
    };
    ASSERT_TRUE(wait_for([&] {
        return children().size() == 6 && has('T') && has('t') && has('D');
    })) << children().size();
    const auto outcome = kill_process(id_of(child), true, protection_, false);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_GE(outcome->killed.size(), 6U) << "and who has ended and waits to be collected";
    EXPECT_TRUE(children().empty()) << children().size() << " live on";
}

// In a control group of its own it stands still meanwhile.
class FrozenKillTest : public KillTest {
  protected:
    void SetUp() override {
        KillTest::SetUp();
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
        const auto mount =
            unified_mount(read_small_file("/proc/self/mountinfo", 1U << 20U).value());
        if (mount.empty()) GTEST_SKIP() << "needs control groups of version 2";
        name_ = "/shoji-kill-test-" + std::to_string(::getpid());
        folder_ = mount / name_.substr(1);
        std::filesystem::create_directory(folder_);
    }
    void TearDown() override {
        KillTest::TearDown();
        if (!folder_.empty()) {
            EXPECT_TRUE(wait_for([&] { return ::rmdir(folder_.c_str()) == 0; }));
        }
    }

    std::string name_;
    std::filesystem::path folder_;
};

TEST_F(FrozenKillTest, EndsAForkBombWhoseControlGroupStandsStill) {
    budget_->left = 600;
    const pid_t child = start([&] {
        ::setsid();
        if (!write_control_file(folder_ / "cgroup.procs", "0")) ::_exit(1);
        bomb(*budget_, true);
    });
    ASSERT_TRUE(wait_for([&] { return budget_->left < 550; }));
    const auto outcome =
        kill_process(id_of(child), true, protection_, false, std::chrono::seconds(120));
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(outcome->frozen);
    EXPECT_TRUE(children().empty()) << children().size() << " live on";
    EXPECT_EQ(read_small_file(folder_ / "cgroup.freeze", 10).value(), "0\n");
}

// Each of its processes goes to another group as soon as it is made: below the frozen one, and out
// of it.
TEST_F(FrozenKillTest, EndsAForkBombThatSpreadsOverControlGroups) {
    const auto below = folder_ / "below";
    const auto beside = std::filesystem::path(folder_.native() + "-beside");
    ASSERT_TRUE(std::filesystem::create_directory(below));
    ASSERT_TRUE(std::filesystem::create_directory(beside));
    budget_->left = 400;
    const pid_t child = start([&] {
        ::setsid();
        if (!write_control_file(folder_ / "cgroup.procs", "0")) ::_exit(1);
        for (int left = 0; (left = budget_->left.fetch_sub(1)) > 0;) {
            if (::fork() != 0) continue;
            (void)write_control_file((left % 2 == 0 ? below : beside) / "cgroup.procs", "0");
        }
        while (true) ::pause();
    });
    ASSERT_TRUE(wait_for([&] { return budget_->left < 350; }));
    const auto outcome =
        kill_process(id_of(child), true, protection_, false, std::chrono::seconds(120));
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(children().empty()) << children().size() << " live on";
    EXPECT_EQ(read_small_file(folder_ / "cgroup.freeze", 10).value(), "0\n");
    budget_->left = 0;
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    for (const auto& group : {below, beside}) {
        EXPECT_TRUE(wait_for([&] { return ::rmdir(group.c_str()) == 0; }));
    }
}

TEST_F(FrozenKillTest, LetsTheRestOfTheGroupGoOn) {
    const auto inside = [&] {
        if (!write_control_file(folder_ / "cgroup.procs", "0")) ::_exit(1);
        while (true) ::pause();
    };
    const pid_t child = start(inside);
    const pid_t beside = start(inside);
    ASSERT_TRUE(wait_for([&] {
        return read_process(child)->cgroup == name_ && read_process(beside)->cgroup == name_;
    }));
    const auto outcome = kill_process(id_of(child), true, protection_, false);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(outcome->frozen);
    EXPECT_EQ(outcome->killed.size(), 1U);
    ASSERT_EQ(children().size(), 1U);
    EXPECT_EQ(children().front().id.number, beside);
    EXPECT_EQ(read_small_file(folder_ / "cgroup.freeze", 10).value(), "0\n");
}

TEST_F(FrozenKillTest, DoesNotFreezeAGroupWithAProtectedProcess) {
    const pid_t child = start([&] {
        if (!write_control_file(folder_ / "cgroup.procs", "0")) ::_exit(1);
        while (true) ::pause();
    });
    ASSERT_TRUE(wait_for([&] { return read_process(child)->cgroup == name_; }));
    const pid_t beside = start([&] {
        if (!write_control_file(folder_ / "cgroup.procs", "0")) ::_exit(1);
        ::execl("/bin/sleep", "sleep", "60", nullptr);
        ::_exit(1);
    });
    const auto protection = protect({"/bin/sleep"});
    ASSERT_TRUE(
        wait_for([&] { return read_process(beside)->program == protection.programs.front(); }));
    const auto outcome = kill_process(id_of(child), true, protection, false);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_FALSE(outcome->frozen);
    EXPECT_EQ(children().size(), 1U);
}

}  // namespace
}  // namespace shoji::response
