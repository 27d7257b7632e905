#include "screen/isolation/cgroup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::isolation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CgroupMounts, FindsPlainVersionTwo) {
    auto mounts = parse_cgroup_mounts(
        "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
        "31 23 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
    EXPECT_EQ(mounts.unified, "/sys/fs/cgroup");
    EXPECT_EQ(mounts.memory, "");
    EXPECT_THAT(mounts.missing(), ElementsAre("memory", "pids", "cpu"));
    mounts.unified_controllers = {"cpu", "memory", "pids"};
    EXPECT_THAT(mounts.missing(), IsEmpty());
}

TEST(CgroupMounts, FindsBothVersionsBesideEachOther) {
    const auto mounts = parse_cgroup_mounts(
        "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
        "33 31 0:30 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset\n"
        "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
        "39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n"
        "40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd\n"
        "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n");
    EXPECT_EQ(mounts.unified, "/sys/fs/cgroup/unified");
    EXPECT_EQ(mounts.memory, "/sys/fs/cgroup/memory");
    EXPECT_EQ(mounts.pids, "/sys/fs/cgroup/pids");
    EXPECT_EQ(mounts.cpu, "/sys/fs/cgroup/cpu");
    EXPECT_THAT(mounts.missing(), IsEmpty());
}

TEST(CgroupMounts, PassesOverLinesItDoesNotUnderstand) {
    const auto mounts = parse_cgroup_mounts("\n-\n1 2 3 - cgroup\nx x x x x x - cgroup2\n");
    EXPECT_EQ(mounts.unified, "");
    EXPECT_EQ(mounts.memory, "");
}

}  // namespace
}  // namespace shoji::isolation
