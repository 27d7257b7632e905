// Each protection is attacked with and without it, in a child, since it cannot be taken back.
#include "screen/session/confinement.h"

#include <csignal>
#include <functional>

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::session {
namespace {

constexpr int succeeded = 1;
constexpr int failed = 2;

int in_child(bool confined, const std::function<bool()>& attack) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (confined && !confine()) ::_exit(100);
        ::_exit(attack() ? succeeded : failed);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

struct Attack {
    const char* name;
    std::function<bool()> run;
    int outcome;  // when confined
};

class Confinement : public ::testing::TestWithParam<Attack> {};

TEST_P(Confinement, Holds) {
    EXPECT_EQ(in_child(false, GetParam().run), succeeded);
    EXPECT_EQ(in_child(true, GetParam().run), GetParam().outcome);
}

bool run_program() {
    // What execve() starts has its own exit code: that of success.
    const char* const arguments[] = {"/bin/sh", "-c", "exit 1", nullptr};
    const char* const environment[] = {nullptr};
    ::execve("/bin/sh", const_cast<char* const*>(arguments), const_cast<char* const*>(environment));
    return false;
}

bool make_executable_memory() {
    return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                  -1, 0) != MAP_FAILED;
}

INSTANTIATE_TEST_SUITE_P(
    Attacks, Confinement,
    ::testing::Values(
        Attack{"open", [] { return ::open("/etc/passwd", O_RDONLY) >= 0; }, failed},
        Attack{"socket", [] { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }, -SIGSYS},
        Attack{"unix_socket", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }, -SIGSYS},
        Attack{"execve", run_program, -SIGSYS},
        Attack{"ptrace", [] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0; },
               -SIGSYS},
        Attack{"fork", [] { return ::fork() >= 0; }, -SIGSYS},
        Attack{"kill", [] { return ::kill(::getppid(), 0) == 0; }, -SIGSYS},
        Attack{"executable_memory", make_executable_memory, -SIGSYS}),
    [](const auto& attack) { return attack.param.name; });

TEST(Confinement, LeavesWhatTheSessionNeeds) {
    int ends[2] = {-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    EXPECT_EQ(in_child(true,
                       [&] {
                           const int shared = ::dup(ends[0]);
                           std::vector<char> memory(8 << 20, 'x');
                           return ::write(shared, memory.data(), 10) == 10 &&
                                  ::read(ends[1], memory.data(), 10) == 10 && ::close(shared) == 0;
                       }),
              succeeded);
    ::close(ends[0]);
    ::close(ends[1]);
}

}  // namespace
}  // namespace shoji::session
