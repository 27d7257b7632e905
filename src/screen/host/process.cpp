#include "screen/host/process.h"

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::host {
namespace {

// waitid's P_PIDFD, which glibc 2.36 has only as a number.
constexpr auto by_handle = static_cast<idtype_t>(3);

}  // namespace

std::string boot_id() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    file >> id;
    return id;
}

base::Result<ProcessMark> mark_process(pid_t process) {
    std::ifstream file(fmt::format("/proc/{}/stat", process));
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.empty()) return base::fail(base::ErrorKind::not_found, "no process {}", process);
    const auto start = parse_start_time(text);
    if (!start) return base::Failure(start.error());
    return ProcessMark{process, *start};
}

base::Result<Process> hold_process(const ProcessMark& mark) {
    if (mark.process <= 0) return base::fail(base::ErrorKind::not_found, "no process");
    base::FileDescriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, mark.process, 0)));
    if (!handle.valid()) return base::fail(base::ErrorKind::not_found, "no process");
    // Now that it is held, the number is this process's: is it the one that was marked?
    const auto now = mark_process(mark.process);
    if (!now || *now != mark) return base::fail(base::ErrorKind::not_found, "another process");
    return Process{mark, std::move(handle), std::nullopt};
}

void look_after(Process& process) {
    if (process.ended || !process.handle.valid()) return;
    pollfd state{process.handle.get(), POLLIN, 0};
    if (::poll(&state, 1, 0) != 1) return;
    siginfo_t how{};
    const auto handle = static_cast<id_t>(process.handle.get());
    if (::waitid(by_handle, handle, &how, WEXITED | WNOHANG) != 0) {
        process.ended = ExitStatus{};  // ECHILD: not a child of this host
        return;
    }
    if (how.si_pid == 0) return;
    const int code = how.si_code == CLD_EXITED ? how.si_status : -how.si_status;
    process.ended = ExitStatus{true, code};
}

void kill_process(const Process& process) {
    if (process.ended || !process.handle.valid()) return;
    ::syscall(SYS_pidfd_send_signal, process.handle.get(), SIGKILL, nullptr, 0);
}

}  // namespace shoji::host
