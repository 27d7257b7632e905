#include "screen/isolation/browser.h"

#include <cerrno>

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

namespace shoji::isolation {
namespace {

constexpr std::uint64_t all_32_bits = 0xffffffff;
constexpr std::uint64_t socket_type_bits = 0xf;  // without SOCK_NONBLOCK and SOCK_CLOEXEC

void allow_files(confinement::SyscallFilter& filter) {
    filter.allow({"read",
                  "write",
                  "readv",
                  "writev",
                  "pread64",
                  "pwrite64",
                  "preadv",
                  "pwritev",
                  "preadv2",
                  "pwritev2",
                  "open",
                  "openat",
                  "creat",
                  "close",
                  "close_range",
                  "stat",
                  "lstat",
                  "fstat",
                  "newfstatat",
                  "statx",
                  "statfs",
                  "fstatfs",
                  "lseek",
                  "access",
                  "faccessat",
                  "faccessat2",
                  "getdents",
                  "getdents64",
                  "getcwd",
                  "chdir",
                  "fchdir",
                  "rename",
                  "renameat",
                  "renameat2",
                  "mkdir",
                  "mkdirat",
                  "rmdir",
                  "link",
                  "linkat",
                  "unlink",
                  "unlinkat",
                  "symlink",
                  "symlinkat",
                  "readlink",
                  "readlinkat",
                  "chmod",
                  "fchmod",
                  "fchmodat",
                  "umask",
                  "truncate",
                  "ftruncate",
                  "fallocate",
                  "fsync",
                  "fdatasync",
                  "sync_file_range",
                  "fadvise64",
                  "readahead",
                  "flock",
                  "utime",
                  "utimes",
                  "utimensat",
                  "futimesat",
                  "sendfile",
                  "copy_file_range",
                  "splice",
                  "getxattr",
                  "lgetxattr",
                  "fgetxattr",
                  "listxattr",
                  "llistxattr",
                  "flistxattr",
                  "inotify_init",
                  "inotify_init1",
                  "inotify_add_watch",
                  "inotify_rm_watch",
                  "fcntl",
                  "dup",
                  "dup2",
                  "dup3",
                  "pipe",
                  "pipe2"});
    for (const int command : {TCGETS, FIONREAD, FIONBIO, FIOCLEX, TIOCGWINSZ}) {
        filter.allow_when("ioctl", {{1, all_32_bits, static_cast<std::uint64_t>(command)}});
    }
}

void allow_memory(confinement::SyscallFilter& filter) {
    filter.allow({"brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "msync", "mincore",
                  "mlock", "munlock", "mlock2", "pkey_alloc", "pkey_free", "pkey_mprotect",
                  "membarrier"});
    // No memory files: such a file has no path for Landlock to judge, and could be run or mapped as
    // a program. Chromium then takes files of /dev/shm, which is mounted noexec.
    filter.refuse("memfd_create", ENOSYS);
}

void allow_processes(confinement::SyscallFilter& filter) {
    filter.allow({"fork",
                  "vfork",
                  "execve",
                  "exit",
                  "exit_group",
                  "wait4",
                  "waitid",
                  "kill",
                  "tkill",
                  "tgkill",
                  "getpid",
                  "getppid",
                  "gettid",
                  "getpgrp",
                  "getpgid",
                  "setpgid",
                  "getsid",
                  "setsid",
                  "getuid",
                  "geteuid",
                  "getgid",
                  "getegid",
                  "getresuid",
                  "getresgid",
                  "getgroups",
                  "capget",
                  "capset",
                  "prctl",
                  "arch_prctl",
                  "set_tid_address",
                  "set_robust_list",
                  "get_robust_list",
                  "rseq",
                  "futex",
                  "futex_waitv",
                  "sched_yield",
                  "sched_getaffinity",
                  "sched_setaffinity",
                  "sched_getparam",
                  "sched_setparam",
                  "sched_getscheduler",
                  "sched_setscheduler",
                  "sched_getattr",
                  "sched_get_priority_max",
                  "sched_get_priority_min",
                  "getpriority",
                  "setpriority",
                  "getcpu",
                  "getrlimit",
                  "setrlimit",
                  "prlimit64",
                  "getrusage",
                  "times",
                  "sysinfo",
                  "uname",
                  "pidfd_open",
                  "pidfd_send_signal",
                  "restart_syscall",
                  "pause",
                  "rt_sigaction",
                  "rt_sigprocmask",
                  "rt_sigreturn",
                  "rt_sigpending",
                  "rt_sigtimedwait",
                  "rt_sigsuspend",
                  "sigaltstack",
                  "alarm",
                  "getitimer",
                  "setitimer",
                  "timer_create",
                  "timer_settime",
                  "timer_gettime",
                  "timer_getoverrun",
                  "timer_delete",
                  "nanosleep",
                  "clock_nanosleep",
                  "clock_gettime",
                  "clock_getres",
                  "gettimeofday",
                  "time",
                  "getrandom"});
    // Chromium's sandbox: namespaces of users, processes and network, and an empty root.
    constexpr std::uint64_t other_namespaces =
        CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC;
    constexpr std::uint64_t time_namespace = 0x80;  // CLONE_NEWTIME; a signal's bit in clone
    filter.allow_when("clone", {{0, other_namespaces, 0}});
    filter.allow_when("unshare", {{0, other_namespaces | time_namespace, 0}});
    filter.allow({"chroot", "seccomp", "landlock_create_ruleset", "landlock_add_rule",
                  "landlock_restrict_self"});
    // Its flags lie in memory, out of a filter's sight: glibc falls back to clone.
    filter.refuse("clone3", ENOSYS);
}

void allow_sockets(confinement::SyscallFilter& filter) {
    filter.allow({"connect",       "bind",           "listen",          "accept",
                  "accept4",       "getsockname",    "getpeername",     "getsockopt",
                  "sendto",        "recvfrom",       "sendmsg",         "recvmsg",
                  "sendmmsg",      "recvmmsg",       "shutdown",        "select",
                  "pselect6",      "poll",           "ppoll",           "epoll_create",
                  "epoll_create1", "epoll_ctl",      "epoll_wait",      "epoll_pwait",
                  "epoll_pwait2",  "eventfd",        "eventfd2",        "signalfd",
                  "signalfd4",     "timerfd_create", "timerfd_settime", "timerfd_gettime"});
    filter.allow_when("socket", {{0, all_32_bits, AF_UNIX}});
    filter.allow_when("socketpair", {{0, all_32_bits, AF_UNIX}});
    for (const std::uint64_t family : {std::uint64_t{AF_INET}, std::uint64_t{AF_INET6}}) {
        // Multipath TCP is left out: Landlock's rules of ports do not hold for it.
        for (const std::uint64_t protocol : {std::uint64_t{0}, std::uint64_t{IPPROTO_TCP}}) {
            filter.allow_when("socket", {{0, all_32_bits, family},
                                         {1, socket_type_bits, SOCK_STREAM},
                                         {2, all_32_bits, protocol}});
        }
    }
    // No other level: a process with a user namespace of its own could reach netfilter there.
    for (const std::uint64_t level : {std::uint64_t{SOL_SOCKET}, std::uint64_t{IPPROTO_TCP}}) {
        filter.allow_when("setsockopt", {{1, all_32_bits, level}});
    }
    filter.refuse("io_uring_setup", ENOSYS);
}

}  // namespace

confinement::SyscallFilter browser_filter() {
    confinement::SyscallFilter filter;
    allow_files(filter);
    allow_memory(filter);
    allow_processes(filter);
    allow_sockets(filter);
    return filter;
}

}  // namespace shoji::isolation
