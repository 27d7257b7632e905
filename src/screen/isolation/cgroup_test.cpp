#include "core/base/random.h"
#include "screen/isolation/sandbox_fixture.h"

#include <chrono>
#include <csignal>
#include <thread>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::isolation {
namespace {

using namespace std::chrono_literals;

class CgroupTest : public SandboxTest {
  protected:
    void SetUp() override {
        SandboxTest::SetUp();
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
        auto found = find_cgroup_mounts();
        if (!found) GTEST_SKIP() << found.error().message;
        mounts_ = *found;
        if (!mounts_.missing().empty()) {
            GTEST_SKIP() << "this kernel has no controller of " << mounts_.missing().front();
        }
    }
    void TearDown() override {
        SandboxTest::TearDown();
        if (mounts_.unified.empty() && mounts_.memory.empty()) return;
        const auto group = Cgroup::open(mounts_, top_);
        for (int i = 0; i < 200 && !group.empty(); ++i) {
            EXPECT_TRUE(group.kill_all());
            std::this_thread::sleep_for(10ms);
        }
        const auto removed = group.remove();
        EXPECT_TRUE(removed) << removed.error().message;
        EXPECT_TRUE(list_cgroups(mounts_, top_).empty());
    }
    Cgroup group(const GroupLimits& limits) {
        auto made = Cgroup::create(mounts_, top_ + "/session/browser", limits);
        EXPECT_TRUE(made) << made.error().message;
        return std::move(*made);
    }
    int attack(const std::vector<std::string>& words, const Cgroup* group) {
        auto own = plan(words, Layers{});
        own.cgroup = group;
        return run(Caller::root, own);
    }

    CgroupMounts mounts_;
    std::string top_ = "shoji-test-" + base::random_hex(4);
};

TEST_F(CgroupTest, BoundsMemoryAndCountsTheKills) {
    const auto limited = group({std::uint64_t{96} << 20U, 0, 0});
    EXPECT_EQ(attack({"takes_memory", "200"}, &limited), 0);
    EXPECT_GE(limited.memory_kills(), 1U);
    EXPECT_EQ(attack({"takes_memory", "200"}, nullptr), 1);
}

TEST_F(CgroupTest, BoundsProcesses) {
    const auto limited = group({0, 40, 0});
    EXPECT_EQ(attack({"starts_processes", "60"}, &limited), 0);
    EXPECT_EQ(attack({"starts_processes", "60"}, nullptr), 1);
    EXPECT_EQ(limited.memory_kills(), 0U);
}

TEST_F(CgroupTest, BoundsTheProcessor) {
    const auto busy_for = [&](const Cgroup& limited) {
        int ends[2];
        EXPECT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            char go = 0;
            if (::read(ends[0], &go, 1) != 1) ::_exit(1);
            while (true) {
            }
        }
        EXPECT_GT(child, 0);
        EXPECT_TRUE(limited.add(child));
        EXPECT_EQ(::write(ends[1], "g", 1), 1);
        std::this_thread::sleep_for(600ms);
        EXPECT_TRUE(limited.kill_all());
        rusage used{};
        int status = 0;
        ::wait4(child, &status, 0, &used);
        ::close(ends[0]);
        ::close(ends[1]);
        return std::chrono::seconds(used.ru_utime.tv_sec) +
               std::chrono::microseconds(used.ru_utime.tv_usec);
    };
    // A tenth of 600 ms, and the first period's share at most once more.
    EXPECT_LT(busy_for(group({0, 0, 10})), 200ms);
}

TEST_F(CgroupTest, KillsAllThatForksAndIsRemovedThen) {
    const auto limited = group({0, 100, 0});
    const pid_t child = ::fork();
    if (child == 0) {
        ::raise(SIGSTOP);
        while (true) ::fork();
    }
    ASSERT_GT(child, 0);
    ASSERT_TRUE(limited.add(child));
    EXPECT_FALSE(limited.empty());
    ::kill(child, SIGCONT);
    std::this_thread::sleep_for(50ms);
    for (int i = 0; i < 500 && !limited.empty(); ++i) {
        EXPECT_TRUE(limited.kill_all());
        std::this_thread::sleep_for(10ms);
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
    }
    EXPECT_TRUE(limited.empty());
    EXPECT_EQ(list_cgroups(mounts_, top_), std::vector<std::string>{"session"});
    const auto removed = Cgroup::open(mounts_, top_ + "/session").remove();
    EXPECT_TRUE(removed) << removed.error().message;
    EXPECT_TRUE(Cgroup::open(mounts_, top_ + "/session").remove()) << "once more does no harm";
}

TEST_F(CgroupTest, AGroupThatIsGoneIsEmpty) {
    const auto absent = Cgroup::open(mounts_, top_ + "/absent");
    EXPECT_TRUE(absent.empty());
    EXPECT_EQ(absent.memory_kills(), 0U);
    EXPECT_EQ(absent.memory_bytes(), 0U);
}

}  // namespace
}  // namespace shoji::isolation
