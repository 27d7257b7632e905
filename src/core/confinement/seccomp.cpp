#include "core/confinement/seccomp.h"

#include "core/base/file_descriptor.h"

#include <array>
#include <cerrno>
#include <memory>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shoji::confinement {
namespace {

using Context = std::unique_ptr<void, decltype(&seccomp_release)>;

constexpr std::uint64_t executable = PROT_EXEC;

// libseccomp writes the program to a descriptor; a memory file takes it.
base::Result<FilterProgram> read_back(void* context) {
    const base::FileDescriptor file(::memfd_create("filter", MFD_CLOEXEC));
    if (!file.valid()) return base::fail_errno(errno, "making room for a system-call filter");
    if (const int error = seccomp_export_bpf(context, file.get()); error != 0) {
        return base::fail_errno(-error, "writing out a system-call filter");
    }
    const off_t size = ::lseek(file.get(), 0, SEEK_END);
    if (size <= 0) return base::fail_errno(errno, "measuring a system-call filter");
    FilterProgram program(static_cast<std::size_t>(size) / sizeof(sock_filter));
    if (::pread(file.get(), program.data(), static_cast<std::size_t>(size), 0) != size) {
        return base::fail_errno(errno, "reading a system-call filter back");
    }
    return program;
}

}  // namespace

SyscallFilter& SyscallFilter::allow(std::initializer_list<const char*> names) {
    for (const char* name : names) rules_.push_back({name, 0, {}});
    return *this;
}

SyscallFilter& SyscallFilter::allow_when(const char* name, std::vector<Condition> all_of) {
    rules_.push_back({name, 0, std::move(all_of)});
    return *this;
}

SyscallFilter& SyscallFilter::refuse(const char* name, int error_number) {
    rules_.push_back({name, error_number, {}});
    return *this;
}

base::Result<FilterProgram> SyscallFilter::compile(Otherwise otherwise) const {
    const std::uint32_t unlisted =
        otherwise == Otherwise::kill ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(EPERM);
    const Context context(seccomp_init(unlisted), &seccomp_release);
    if (!context) return base::fail_errno(ENOMEM, "starting a system-call filter");
    // A binary tree over the call numbers: cheaper at each call than a list of comparisons.
    seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
    for (const auto& rule : rules_) {
        const int number = seccomp_syscall_resolve_name(rule.name.c_str());
        if (number == __NR_SCMP_ERROR) {
            return base::fail(base::ErrorKind::invalid,
                              "libseccomp knows no system call named '{}'", rule.name);
        }
        const std::uint32_t action = rule.error_number == 0
                                         ? SCMP_ACT_ALLOW
                                         : SCMP_ACT_ERRNO(static_cast<unsigned>(rule.error_number));
        if (number < 0 || action == unlisted) continue;
        std::vector<scmp_arg_cmp> comparisons;
        for (const auto& condition : rule.conditions) {
            comparisons.push_back(scmp_arg_cmp{condition.argument, SCMP_CMP_MASKED_EQ,
                                               condition.mask, condition.value});
        }
        const int error =
            seccomp_rule_add_array(context.get(), action, number,
                                   static_cast<unsigned>(comparisons.size()), comparisons.data());
        if (error != 0 && error != -EEXIST) {
            return base::fail_errno(-error, "adding '" + rule.name + "' to a system-call filter");
        }
    }
    return read_back(context.get());
}

SyscallFilter runtime_filter() {
    SyscallFilter filter;
    filter.allow({"brk",
                  "munmap",
                  "mremap",
                  "madvise",
                  "futex",
                  "sched_yield",
                  "getpid",
                  "gettid",
                  "getuid",
                  "geteuid",
                  "getgid",
                  "getegid",
                  "set_robust_list",
                  "get_robust_list",
                  "rseq",
                  "sigaltstack",
                  "rt_sigaction",
                  "rt_sigprocmask",
                  "rt_sigreturn",
                  "restart_syscall",
                  "exit",
                  "exit_group",
                  "tgkill",
                  "clock_gettime",
                  "clock_getres",
                  "gettimeofday",
                  "time",
                  "nanosleep",
                  "clock_nanosleep",
                  "getrandom",
                  "read",
                  "readv",
                  "pread64",
                  "fstatfs",
                  "write",
                  "writev",
                  "close",
                  "lseek",
                  "dup",
                  "fstat",
                  "shutdown",
                  "recvmsg",
                  "recvfrom",
                  "accept4",
                  "getsockname",
                  "getpeername",
                  "getsockopt",
                  "poll",
                  "ppoll",
                  "epoll_create1",
                  "epoll_ctl",
                  "epoll_wait",
                  "epoll_pwait",
                  "eventfd2",
                  "timerfd_create",
                  "timerfd_settime",
                  "timerfd_gettime",
                  "pipe2"});
    // glibc asks for a file's state through newfstatat with an empty path: the descriptor itself.
    filter.allow_when("newfstatat", {{3, AT_EMPTY_PATH, AT_EMPTY_PATH}});
    // Connecting by sending (tcp(7), fast open) passes by Landlock's rules on ports.
    filter.allow_when("sendto", {{3, MSG_FASTOPEN, 0}});
    filter.allow_when("sendmsg", {{2, MSG_FASTOPEN, 0}});
    filter.allow_when("mmap", {{2, executable, 0}});
    filter.allow_when("mprotect", {{2, executable, 0}});
    filter.allow_when("fcntl", {{1, 0xffffffff, F_GETFD}});
    filter.allow_when("fcntl", {{1, 0xffffffff, F_SETFD}});
    filter.allow_when("fcntl", {{1, 0xffffffff, F_GETFL}});
    filter.allow_when("fcntl", {{1, 0xffffffff, F_SETFL}});
    filter.allow_when("fcntl", {{1, 0xffffffff, F_DUPFD_CLOEXEC}});
    filter.allow_when("fcntl", {{1, 0xffffffff, F_GET_SEALS}});
    filter.allow_when("fcntl", {{1, 0xffffffff, F_ADD_SEALS}});
    filter.allow_when("ioctl", {{1, 0xffffffff, FIONREAD}});
    filter.allow_when("ioctl", {{1, 0xffffffff, FIONBIO}});
    filter.refuse("clone3", ENOSYS);
    return filter;
}

base::Result<void> install_filter(const FilterProgram& program) {
    const sock_fprog code{static_cast<unsigned short>(program.size()),
                          const_cast<sock_filter*>(program.data())};
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &code) != 0) {
        return base::fail_errno(errno, "putting a system-call filter in force");
    }
    return {};
}

}  // namespace shoji::confinement
