#include "watch/response/kill_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::response {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr FileId shell{1, 10};
constexpr FileId editor{1, 11};
constexpr FileId guard{1, 12};

Process process(pid_t number, pid_t parent, std::uint64_t start, FileId program = shell,
                pid_t group = 50) {
    return {{number, start}, parent, group, 50, 'S', "p", program, "/"};
}

std::vector<pid_t> numbers(const std::vector<Process>& processes) {
    std::vector<pid_t> all;
    for (const auto& one : processes) all.push_back(one.id.number);
    return all;
}

TEST(KillPlan, ReadsWhatProcSays) {
    const auto read = parse_stat(
        "812 (a) b (c) S 700 812 700 34816 900 4194304 1 2 3 4 5 6 7 8 20 0 1 0 123456 99 88\n");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id, (ProcessId{812, 123456}));
    EXPECT_EQ(read->name, "a) b (c");
    EXPECT_EQ(read->parent, 700);
    EXPECT_EQ(read->group, 812);
    EXPECT_EQ(read->session, 700);
    for (const char* wrong : {"", "1", "1 (", "1 (x)", "1 (x) S", "1 (x) S 1 2 3 4", "x (x) S 1"}) {
        EXPECT_FALSE(parse_stat(wrong)) << wrong;
    }
}

TEST(KillPlan, KnowsRootsProcessesAndTheKernelsThreads) {
    EXPECT_TRUE(is_of_root("Name:\tx\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n"));
    // A set-user-id program of root, started by somebody; a service that gave root up.
    EXPECT_FALSE(is_of_root("Name:\tx\nUid:\t1000\t0\t0\t0\n"));
    EXPECT_FALSE(is_of_root("Name:\tx\nUid:\t0\t33\t0\t33\n"));
    EXPECT_FALSE(is_of_root("Name:\tUid:\\t0\nUid:\t1000\t1000\t1000\t1000\n"));
    EXPECT_FALSE(is_of_root(""));
    EXPECT_TRUE(parse_stat("9 (k) I 2 0 0 0 -1 69238880 0 0 0 0 0 0 0 0 20 0 1 0 7 0 0\n")->kernel);
    EXPECT_FALSE(parse_stat("9 (k) S 2 0 0 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 7 0 0\n")->kernel);
}

Process of_root(Process one) {
    one.of_root = true;
    return one;
}

TEST(KillPlan, RefusesWhatIsNeverKilled) {
    const Protection protection{77, {guard}, {}, 0, {}};
    EXPECT_FALSE(may_kill(process(1, 0, 1), protection));
    Process thread = process(40, 2, 1, {});
    thread.kernel = true;
    EXPECT_FALSE(may_kill(thread, protection));
    EXPECT_FALSE(may_kill(process(77, 1, 1), protection));
    EXPECT_FALSE(may_kill(of_root(process(78, 1, 1, guard)), protection));
    EXPECT_TRUE(may_kill(process(79, 1, 1), protection));
    // One whose program cannot be read is no protected one.
    EXPECT_TRUE(may_kill(of_root(process(79, 1, 1, {})), {77, {FileId{}}, {}, 0, {}}));
}

// Whoever has no root can start a protected program too; and whatever the kernel starts hangs below
// its threads, such as what root gave it for core dumps.
TEST(KillPlan, NobodyWithoutRootBecomesProtected) {
    const Protection protection{77, {guard}, {"db.service"}, 0, {}};
    EXPECT_TRUE(may_kill(process(78, 1, 1, guard), protection));
    EXPECT_TRUE(may_kill(process(40, 2, 1, shell), protection));
    Process served = process(80, 1, 1, guard);
    for (const auto* unit : {"/system.slice/db.service", "/system.slice/db.service/worker"}) {
        served.cgroup = unit;
        EXPECT_FALSE(may_kill(served, protection)) << unit;
    }
    for (const auto* unit :
         {"/system.slice/web.service", "/user.slice/db.service", "/system.slice/db.service2",
          "/user.slice/user-1000.slice/system.slice/db.service", "/db.service", ""}) {
        served.cgroup = unit;
        EXPECT_TRUE(may_kill(served, protection)) << unit;
    }
    served = process(81, 1, 1, shell);
    served.cgroup = "/system.slice/db.service";
    EXPECT_TRUE(may_kill(served, protection)) << "what its service is made to start is not it";
}

TEST(KillPlan, TheSensorsProcessesAreKnownByWhoStartedThem) {
    const Protection protection{77, {}, {}, 70, guard};
    EXPECT_FALSE(may_kill(process(70, 1, 1, guard), protection));
    EXPECT_FALSE(may_kill(process(71, 70, 1, guard), protection));
    EXPECT_TRUE(may_kill(process(72, 70, 1, shell), protection));
    EXPECT_TRUE(may_kill(process(73, 71, 1, guard), protection));
    EXPECT_TRUE(may_kill(process(74, 1, 1, guard), protection));
    // Without a keeper its children would be everybody who lost a parent.
    EXPECT_TRUE(may_kill(process(74, 1, 1, guard), {77, {}, {}, 1, guard}));
    EXPECT_TRUE(may_kill(process(71, 70, 1, {}), {77, {}, {}, 70, {}}));
}

TEST(KillPlan, FindsDescendantsInWhateverOrderTheyStand) {
    Tree tree({100, 5}, 1000, {});
    const std::vector listing{process(103, 102, 8), process(102, 101, 7), process(101, 100, 6),
                              process(100, 50, 5), process(200, 50, 5)};
    EXPECT_THAT(numbers(tree.grow(listing)), UnorderedElementsAre(100, 101, 102, 103));
    EXPECT_THAT(tree.grow(listing), IsEmpty());
}

TEST(KillPlan, TakesAReusedNumberForNobody) {
    Tree tree({100, 5}, 1000, {});
    EXPECT_THAT(tree.grow(std::vector{process(100, 50, 6), process(101, 100, 7)}), IsEmpty());
}

TEST(KillPlan, SparesProtectedOnesAndWhatIsBelowThem) {
    Tree tree({100, 5}, 1000, {101, {guard}, {}, 0, {}});
    const std::vector listing{process(100, 50, 5), process(101, 100, 6), process(102, 101, 7),
                              of_root(process(103, 100, 6, guard)), process(104, 103, 7)};
    EXPECT_THAT(numbers(tree.grow(listing)), ElementsAre(100));
    EXPECT_EQ(tree.spared().size(), 4U);
}

TEST(KillPlan, KeepsWhoLostItsParentBetweenTwoListings) {
    Tree tree({100, 5}, 1000, {});
    tree.grow(std::vector{process(100, 50, 5), process(101, 100, 6), process(102, 101, 7)});
    EXPECT_THAT(numbers(tree.grow(std::vector{process(102, 60, 7), process(110, 102, 1001)})),
                ElementsAre(110));
    // 60 inherited one: who newly hangs below it and runs the tree's program is of the tree.
    EXPECT_THAT(numbers(tree.grow(std::vector{process(120, 60, 1002)})), ElementsAre(120));
}

TEST(KillPlan, FindsWhoeverIsInASessionThatTheTreeLeads) {
    Tree tree({100, 5}, 1000, {});
    Process root = process(100, 50, 5);
    root.session = 100;
    Process lost = process(130, 1, 6, editor, 130);
    lost.session = 100;
    EXPECT_THAT(numbers(tree.grow(std::vector{lost, root, process(131, 1, 6)})),
                UnorderedElementsAre(100, 130));
}

TEST(KillPlan, LeavesStrangersBelowTheReaperAlone) {
    Tree tree({100, 5}, 1000, {});
    tree.grow(std::vector{process(100, 50, 5)});
    EXPECT_THAT(tree.grow(std::vector{
                    process(120, 1, 999),               // before the kill began
                    process(121, 1, 1001, editor),      // another program, the starter's group
                    process(122, 50, 1001),             // a child of the root's own parent
                    process(123, 1, 1001, editor, 77),  // a group that is not the tree's
                }),
                IsEmpty());
}

}  // namespace
}  // namespace shoji::response
