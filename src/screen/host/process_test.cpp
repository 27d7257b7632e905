#include "screen/host/process.h"

#include <csignal>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::host {
namespace {

void await_end(const Process& process) {
    pollfd waiting{process.handle.get(), POLLIN, 0};
    ASSERT_EQ(::poll(&waiting, 1, 10000), 1);
}

TEST(Process, IsHeldByItsMarkAlone) {
    const pid_t child = ::fork();
    if (child == 0) {
        while (true) ::pause();
    }
    ASSERT_GT(child, 0);
    auto mark = mark_process(child);
    ASSERT_TRUE(mark) << mark.error().message;
    EXPECT_TRUE(hold_process(*mark));
    ProcessMark another = *mark;
    another.start += 1;
    EXPECT_FALSE(hold_process(another)) << "a later process of the same number";
    auto held = hold_process(*mark);
    kill_process(*held);
    await_end(*held);
    look_after(*held);
    ASSERT_TRUE(held->ended);
    EXPECT_TRUE(held->ended->known);
    EXPECT_EQ(held->ended->code, -SIGKILL);
    EXPECT_FALSE(hold_process(*mark)) << "it has ended";
    EXPECT_FALSE(hold_process(ProcessMark{}));
}

TEST(Process, TellsItsExitCode) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        char byte = 0;
        ::_exit(::read(ends[0], &byte, 1) == 1 ? 7 : 1);
    }
    auto held = hold_process(*mark_process(child));
    ASSERT_TRUE(held);
    look_after(*held);
    EXPECT_FALSE(held->ended);
    ASSERT_EQ(::write(ends[1], "x", 1), 1);
    await_end(*held);
    look_after(*held);
    ASSERT_TRUE(held->ended);
    EXPECT_EQ(held->ended->code, 7);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(Process, OfAnotherParentTellsThatItEndedButNotHow) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t middle = ::fork();
    if (middle == 0) {
        const pid_t grandchild = ::fork();
        if (grandchild == 0) {
            while (true) ::pause();
        }
        ::_exit(::write(ends[1], &grandchild, sizeof grandchild) == sizeof grandchild ? 0 : 1);
    }
    pid_t grandchild = 0;
    ASSERT_EQ(::read(ends[0], &grandchild, sizeof grandchild), ssize_t{sizeof grandchild});
    ::waitpid(middle, nullptr, 0);
    auto held = hold_process(*mark_process(grandchild));
    ASSERT_TRUE(held);
    kill_process(*held);
    await_end(*held);
    look_after(*held);
    ASSERT_TRUE(held->ended);
    EXPECT_FALSE(held->ended->known);
    ::close(ends[0]);
    ::close(ends[1]);
}

}  // namespace
}  // namespace shoji::host
