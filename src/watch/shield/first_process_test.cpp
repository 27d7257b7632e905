#include "watch/shield/first_process_test.h"

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <string>

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

namespace shoji::shield {

bool is_first_process_a_shell() {
    std::ifstream file("/proc/1/comm");
    std::string name;
    file >> name;
    return name == "bash";
}

int kill_by_first_process(pid_t process, int signal) {
    constexpr std::uint64_t call_bytes = 2;  // of the instruction that it waits behind
    user_regs_struct before{};
    if (::ptrace(PTRACE_SEIZE, 1, nullptr, nullptr) != 0) return errno;
    ::ptrace(PTRACE_INTERRUPT, 1, nullptr, nullptr);
    ::waitpid(1, nullptr, __WALL);
    ::ptrace(PTRACE_GETREGS, 1, nullptr, &before);
    auto calling = before;
    calling.rip -= call_bytes;
    calling.rax = SYS_kill;
    calling.orig_rax = ~std::uint64_t{0};
    calling.rdi = static_cast<std::uint64_t>(process);
    calling.rsi = static_cast<std::uint64_t>(signal);
    ::ptrace(PTRACE_SETREGS, 1, nullptr, &calling);
    ::ptrace(PTRACE_SINGLESTEP, 1, nullptr, nullptr);
    ::waitpid(1, nullptr, __WALL);
    ::ptrace(PTRACE_GETREGS, 1, nullptr, &calling);
    ::ptrace(PTRACE_SETREGS, 1, nullptr, &before);
    ::ptrace(PTRACE_DETACH, 1, nullptr, nullptr);
    return -static_cast<int>(calling.rax);
}

}  // namespace shoji::shield
