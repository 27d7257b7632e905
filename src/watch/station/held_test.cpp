#include "watch/station/held.h"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::station {
namespace {

TEST(Held, TheStateIsBehindTheName) {
    EXPECT_TRUE(is_stopped("7 (journalctl) T 1 7 7"));
    EXPECT_TRUE(is_stopped("7 (journalctl) t 1 7 7"));
    EXPECT_TRUE(is_stopped("7 (a) S b) T 1 7 7"));
    EXPECT_FALSE(is_stopped("7 (a) T b) S 1 7 7"));
    EXPECT_FALSE(is_stopped("7 (journalctl) R 1 7 7"));
    EXPECT_FALSE(is_stopped("7 (journalctl) "));
    EXPECT_FALSE(is_stopped(""));
}

TEST(Held, TheGroupInTheUnifiedHierarchy) {
    EXPECT_EQ(unified_group("0::/system.slice/a.service\n"), "/system.slice/a.service");
    EXPECT_EQ(unified_group("5:freezer:/x\n1:name=systemd:/y\n0::/z\n"), "/z");
    EXPECT_EQ(unified_group("5:freezer:/x\n"), "");
    EXPECT_EQ(unified_group(""), "");
}

TEST(Held, AStoppedProcessIsHeldUntilItGoesOn) {
    const pid_t child = ::fork();
    if (child == 0) {
        while (true) ::pause();
    }
    ASSERT_GT(child, 1);
    EXPECT_FALSE(is_held(child));
    int status = 0;
    ::kill(child, SIGSTOP);
    ASSERT_EQ(::waitpid(child, &status, WUNTRACED), child);
    EXPECT_TRUE(is_held(child));
    ::kill(child, SIGCONT);
    ASSERT_EQ(::waitpid(child, &status, WCONTINUED), child);
    EXPECT_FALSE(is_held(child));
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    EXPECT_FALSE(is_held(child)) << "there is none";
}

}  // namespace
}  // namespace shoji::station
