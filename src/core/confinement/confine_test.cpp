#include "core/confinement/confine.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <functional>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::confinement {
namespace {

// Runs `body` in a child, since confinement cannot be taken back; its exit code, or -signal.
int in_child(const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int confined(const std::function<int()>& body,
             SyscallFilter::Otherwise otherwise = SyscallFilter::Otherwise::refuse,
             const LandlockRules& rules = {}) {
    return in_child([&] {
        if (!confine_self(runtime_filter(), otherwise, rules)) return 200;
        return body();
    });
}

TEST(Confine, LetsTheProgramDoItsWork) {
    EXPECT_EQ(confined([] {
                  std::vector<char> memory(1 << 20, 'x');
                  int ends[2];
                  if (::pipe2(ends, O_CLOEXEC) != 0) return 1;
                  return ::write(ends[1], memory.data(), 10) == 10 ? 0 : 2;
              }),
              0);
}

TEST(Confine, RefusesFilesAndSockets) {
    const auto attack = [] {
        const bool file =
            ::open("/etc/hostname", O_RDONLY) >= 0 || ::open("/dev/null", O_RDWR) >= 0;
        const bool socket = ::socket(AF_INET, SOCK_STREAM, 0) >= 0;
        return (file ? 1 : 0) + (socket ? 2 : 0);
    };
    EXPECT_EQ(confined(attack), 0);
    EXPECT_EQ(in_child(attack), 3);
}

TEST(Confine, RefusesExecutableMemory) {
    const auto attack = [] {
        void* memory =
            ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return ::mprotect(memory, 4096, PROT_READ | PROT_EXEC) == 0 ? 1 : 0;
    };
    EXPECT_EQ(confined(attack), 0);
    EXPECT_EQ(in_child(attack), 1);
}

// tcp(7)'s fast open connects within a call that Landlock does not look at.
TEST(Confine, RefusesToConnectBySending) {
    const auto attack = [](bool restricted) {
        return in_child([restricted] {
            const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (restricted &&
                !confine_self(runtime_filter(), SyscallFilter::Otherwise::refuse, {})) {
                return 200;
            }
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            address.sin_port = htons(9);
            char byte = 0;
            iovec part{&byte, 1};
            msghdr message{};
            message.msg_name = &address;
            message.msg_namelen = sizeof address;
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            const auto* generic = reinterpret_cast<const sockaddr*>(&address);
            // Whether anybody listens or fast open is switched on is not asked: only who refuses.
            constexpr int flags = MSG_FASTOPEN | MSG_NOSIGNAL;
            const bool refused =
                ::sendto(socket, &byte, 1, flags, generic, sizeof address) < 0 && errno == EPERM;
            const bool refused_too = ::sendmsg(socket, &message, flags) < 0 && errno == EPERM;
            return (refused ? 0 : 1) + (refused_too ? 0 : 2);
        });
    };
    EXPECT_EQ(attack(true), 0);
    EXPECT_EQ(attack(false), 3);
}

TEST(Confine, IsRefusedWhereOtherThreadsRun) {
    EXPECT_EQ(in_child([] {
                  const auto confine = [] {
                      return confine_self(runtime_filter(), SyscallFilter::Otherwise::refuse, {})
                          .has_value();
                  };
                  int ends[2];
                  if (::pipe2(ends, O_CLOEXEC) != 0) return 1;
                  std::atomic<pid_t> thread = 0;
                  std::thread other([end = ends[0], &thread] {
                      thread = ::gettid();
                      char byte = 0;
                      while (::read(end, &byte, 1) < 0) continue;
                  });
                  const bool early = confine();
                  ::close(ends[1]);
                  other.join();
                  // The kernel lets a joiner go on before the thread is gone altogether.
                  while (::tgkill(::getpid(), thread, 0) == 0) ::sched_yield();
                  if (early) return 2;
                  return confine() ? 0 : 3;
              }),
              0);
}

TEST(Confine, KillsWhereAsked) {
    EXPECT_EQ(confined([] { return ::getppid() > 0 ? 0 : 1; }, SyscallFilter::Otherwise::kill),
              -SIGSYS);
}

TEST(Landlock, AllowsOnlyListedFolders) {
    const int abi = landlock_abi();
    if (abi == 0) GTEST_SKIP() << "this kernel has no Landlock";
    const auto opened = [](bool restricted, const LandlockRules& rules) {
        return in_child([&] {
            ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            if (restricted && !restrict_landlock(rules, landlock_abi())) return 100;
            return (::open("/etc/passwd", O_RDONLY) >= 0 ? 1 : 0) +
                   (::open("/usr/bin/env", O_RDONLY) >= 0 ? 2 : 0) +
                   (::open("/tmp", O_TMPFILE | O_RDWR, 0600) >= 0 ? 4 : 0);
        });
    };
    EXPECT_EQ(opened(false, {}), 7);
    EXPECT_EQ(opened(true, {}), 0);
    EXPECT_EQ(opened(true, {{{"/usr"}}, {}, true}), 2);
    EXPECT_EQ(opened(true, {{{"/etc/passwd"}, {"/tmp", true}}, {}, true}), 5);
}

TEST(Landlock, NamesWhatAKernelLacks) {
    EXPECT_EQ(missing_in_landlock(0).size(), 5U);
    EXPECT_EQ(missing_in_landlock(2).size(), 4U);
    EXPECT_TRUE(missing_in_landlock(6).empty());
}

TEST(Landlock, WorksAtEveryVersionUpToTheKernels) {
    for (int abi = 1; abi <= landlock_abi(); ++abi) {
        EXPECT_EQ(in_child([&] {
                      ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
                      if (!restrict_landlock({{{"/tmp", true}}, {80}, true}, abi)) return 1;
                      return ::open("/etc/passwd", O_RDONLY) >= 0 ? 2 : 0;
                  }),
                  0)
            << "version " << abi;
    }
}

TEST(Seccomp, RefusesUnknownNames) {
    SyscallFilter filter;
    filter.allow({"no_such_call"});
    EXPECT_FALSE(filter.compile(SyscallFilter::Otherwise::refuse).has_value());
}

TEST(Seccomp, IgnoresTheUpperHalfOfShortArguments) {
    // The kernel reads 32 bits of a socket's family: so must the rule.
    SyscallFilter filter = runtime_filter();
    filter.allow_when("socket", {{0, 0xffffffff, AF_UNIX}});
    EXPECT_EQ(in_child([&] {
                  if (!confine_self(filter, SyscallFilter::Otherwise::refuse, {})) return 100;
                  const long other = 0x100000000L;
                  const bool unix_socket =
                      ::syscall(SYS_socket, other + AF_UNIX, SOCK_STREAM, 0) >= 0;
                  const bool internet = ::syscall(SYS_socket, other + AF_INET, SOCK_STREAM, 0) >= 0;
                  return (unix_socket ? 1 : 0) + (internet ? 2 : 0);
              }),
              1);
}

}  // namespace
}  // namespace shoji::confinement
