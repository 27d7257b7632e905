#include "screen/isolation/probe/attacks.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::isolation::probe {
namespace {

// The calls below are answered by their own code, be it with an error, where nothing stands before
// it: then the attacker has reached that part of the kernel.
bool answers(long result, std::initializer_list<int> own_errors) {
    if (result >= 0) return true;
    for (const int error : own_errors) {
        if (errno == error) return true;
    }
    return false;
}

bool mounts(const Arguments&) {
    return ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
           ::mount("tmpfs", "/tmp", "tmpfs", 0, nullptr) == 0;
}

bool starts_mount_namespace(const Arguments&) {
    return ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
}

bool enters_namespace(const Arguments&) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
    const int own = ::open("/proc/self/ns/net", O_RDONLY);
    return own >= 0 && ::setns(own, CLONE_NEWNET) == 0;
}

// A size beyond the largest is refused before anything else is looked at.
bool reaches_bpf(const Arguments&) {
    std::array<char, 8192> attributes{};
    return answers(::syscall(SYS_bpf, 0, attributes.data(), attributes.size()), {E2BIG});
}

bool reaches_io_uring(const Arguments&) {
    std::array<char, 256> parameters{};
    return answers(::syscall(SYS_io_uring_setup, 0, parameters.data()), {EINVAL});
}

bool reaches_userfaultfd(const Arguments&) {
    constexpr int user_mode_only = 1;  // UFFD_USER_MODE_ONLY
    return answers(::syscall(SYS_userfaultfd, user_mode_only), {});
}

bool reaches_keyring(const Arguments&) {
    return answers(::syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1), {});
}

bool traces(const Arguments&) {
    return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0;
}

bool reads_process_memory(const Arguments&) {
    int here = 1;
    int there = 0;
    const iovec into{&there, sizeof there};
    const iovec from{&here, sizeof here};
    return ::syscall(SYS_process_vm_readv, ::getpid(), &into, 1, &from, 1, 0) == sizeof here;
}

bool reaches_perf(const Arguments&) {
    perf_event_attr attributes{};
    attributes.size = 1;  // too small: E2BIG before any right is asked for
    return answers(::syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0UL), {E2BIG, EINVAL});
}

bool runs_by_descriptor(const Arguments&) {
    const int self = ::open("/proc/self/exe", O_PATH | O_CLOEXEC);
    const pid_t child = ::fork();
    if (child == 0) {
        std::array<char*, 2> words{const_cast<char*>("probe"), nullptr};
        std::array<char*, 1> environment{nullptr};
        ::syscall(SYS_execveat, self, "", words.data(), environment.data(), AT_EMPTY_PATH);
        ::_exit(100);
    }
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 2;
}

bool hides_flags(const Arguments&) {
    clone_args arguments{};
    arguments.exit_signal = SIGCHLD;
    const long child = ::syscall(SYS_clone3, &arguments, sizeof arguments);
    if (child == 0) ::_exit(0);
    return child > 0;
}

bool changes_personality(const Arguments&) {
    return ::personality(READ_IMPLIES_EXEC) >= 0;
}

}  // namespace

std::map<std::string, Attack> kernel_attacks() {
    return {{"mounts", mounts},
            {"starts_mount_namespace", starts_mount_namespace},
            {"enters_namespace", enters_namespace},
            {"reaches_bpf", reaches_bpf},
            {"reaches_io_uring", reaches_io_uring},
            {"reaches_userfaultfd", reaches_userfaultfd},
            {"reaches_keyring", reaches_keyring},
            {"traces", traces},
            {"reads_process_memory", reads_process_memory},
            {"reaches_perf", reaches_perf},
            {"runs_by_descriptor", runs_by_descriptor},
            {"hides_flags", hides_flags},
            {"changes_personality", changes_personality}};
}

}  // namespace shoji::isolation::probe
