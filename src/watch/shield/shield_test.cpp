// Each act that docs/sensor.md says is refused, tried by root: refused while the shield is up, and
// done once it is lowered.
#include "watch/shield/shield.h"

#include "watch/shield/first_process_test.h"
#include "watch/shield/shielded_test.h"

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <bpf/bpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::shield {
namespace {

std::uint64_t word = 0x73686f6a692d7368;  // what others look for in its memory

base::FileDescriptor hold(pid_t process) {
    return base::FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
}

// What a stranger may try: each is undone where it succeeds. 0, or errno.
struct Attempt {
    std::string name;
    Act act;
    std::uint32_t detail;
    std::function<int(pid_t)> make;
};

int number(bool done) {
    return done ? 0 : errno;
}

int attach(pid_t process, int request) {
    if (::ptrace(static_cast<__ptrace_request>(request), process, nullptr, nullptr) != 0) {
        return errno;
    }
    if (request == PTRACE_SEIZE) ::ptrace(PTRACE_INTERRUPT, process, nullptr, nullptr);
    ::waitpid(process, nullptr, __WALL);
    ::ptrace(PTRACE_DETACH, process, nullptr, nullptr);
    return 0;
}

// Whatever the reason, procfs says EACCES.
int open_memory(pid_t process, int flags) {
    const base::FileDescriptor file(
        ::open(fmt::format("/proc/{}/mem", process).c_str(), flags | O_CLOEXEC));
    return file.valid() ? 0 : errno == EACCES ? EPERM : errno;
}

// Both have it at the same address.
int copy_memory(pid_t process, bool reads) {
    std::uint64_t mine = 0;
    const iovec here{reads ? &mine : &word, sizeof mine};
    const iovec far{&word, sizeof mine};
    const auto count = reads ? ::process_vm_readv(process, &here, 1, &far, 1, 0)
                             : ::process_vm_writev(process, &here, 1, &far, 1, 0);
    return number(count == sizeof mine && (!reads || mine == word));
}

std::vector<Attempt> harmless_attempts() {
    return {
        {"window signal", Act::signal, SIGWINCH,
         [](pid_t p) { return number(::kill(p, SIGWINCH) == 0); }},
        {"urgent signal by its descriptor", Act::signal, SIGURG,
         [](pid_t p) {
             return number(::syscall(SYS_pidfd_send_signal, hold(p).get(), SIGURG, nullptr, 0) ==
                           0);
         }},
        {"signal to a thread", Act::signal, SIGWINCH,
         [](pid_t p) { return number(::syscall(SYS_tgkill, p, p, SIGWINCH) == 0); }},
        {"signal with a value", Act::signal, SIGWINCH,
         [](pid_t p) { return number(::sigqueue(p, SIGWINCH, {.sival_int = 1}) == 0); }},
        {"PTRACE_SEIZE", Act::trace, 0, [](pid_t p) { return attach(p, PTRACE_SEIZE); }},
        {"PTRACE_ATTACH", Act::trace, 0, [](pid_t p) { return attach(p, PTRACE_ATTACH); }},
        {"memory to read", Act::trace, 0, [](pid_t p) { return open_memory(p, O_RDONLY); }},
        {"memory to write", Act::trace, 0, [](pid_t p) { return open_memory(p, O_RDWR); }},
        {"process_vm_readv", Act::trace, 0, [](pid_t p) { return copy_memory(p, true); }},
        {"process_vm_writev", Act::trace, 0, [](pid_t p) { return copy_memory(p, false); }},
        {"pidfd_getfd", Act::trace, 0,
         [](pid_t p) {
             return number(base::FileDescriptor(
                               static_cast<int>(::syscall(SYS_pidfd_getfd, hold(p).get(), 2, 0)))
                               .valid());
         }},
        {"limit of descriptors", Act::limit, 0,
         [](pid_t p) {
             rlimit limit{};
             if (::prlimit(p, RLIMIT_NOFILE, nullptr, &limit) != 0) return -1;
             return number(::prlimit(p, RLIMIT_NOFILE, &limit, nullptr) == 0);
         }},
        {"priority", Act::limit, 0,
         [](pid_t p) { return number(::setpriority(PRIO_PROCESS, static_cast<id_t>(p), 1) == 0); }},
        {"processors", Act::limit, 0,
         [](pid_t p) {
             cpu_set_t set;
             if (::sched_getaffinity(p, sizeof set, &set) != 0) return -1;
             return number(::sched_setaffinity(p, sizeof set, &set) == 0);
         }},
    };
}

bool is_stopped(pid_t process) {
    for (int tries = 0; tries < 2000; ++tries) {
        std::ifstream file(fmt::format("/proc/{}/stat", process));
        std::string text((std::istreambuf_iterator<char>(file)), {});
        if (text.find(") T ") != std::string::npos) return true;
        ::usleep(1000);
    }
    return false;
}

TEST_F(ShieldTest, SignalsTracingAndLimitsAreRefusedToRoot) {
    for (const auto& attempt : harmless_attempts()) {
        for (const pid_t process : {keeper_, part_, child_}) {
            EXPECT_EQ(attempt.make(process), EPERM) << attempt.name;
            EXPECT_TRUE(is_told(attempt.act, attempt.detail)) << attempt.name;
        }
    }
    EXPECT_EQ(number(::syscall(SYS_tgkill, part_, thread_, SIGKILL) == 0), EPERM);
    lower();
    for (const auto& attempt : harmless_attempts()) {
        for (const pid_t process : {keeper_, part_, child_}) {
            EXPECT_EQ(attempt.make(process), 0) << attempt.name;
        }
    }
}

TEST_F(ShieldTest, SignalsThatEndOrStopAreRefused) {
    for (const int signal : {SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGQUIT, SIGABRT, SIGUSR1,
                             SIGALRM, SIGCHLD, SIGRTMIN}) {
        for (const pid_t process : {keeper_, part_, child_}) {
            EXPECT_EQ(number(::kill(process, signal) == 0), EPERM) << signal;
            EXPECT_TRUE(is_told(Act::signal, static_cast<std::uint32_t>(signal))) << signal;
        }
    }
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        EXPECT_EQ(number(::kill(part_, signal) == 0), EPERM) << signal;
    }
    for (const pid_t process : {keeper_, part_}) {
        EXPECT_EQ(::kill(process, 0), 0);
        EXPECT_EQ(::kill(process, SIGCONT), 0);
    }
    lower();
    EXPECT_EQ(::kill(keeper_, SIGSTOP), 0);
    EXPECT_TRUE(is_stopped(keeper_));
    EXPECT_EQ(::kill(keeper_, SIGKILL), 0);
    EXPECT_EQ(end_of_keeper(), -SIGKILL);
}

// Whoever opened a file, or somebody with the right to, has it send a signal at each byte.
TEST_F(ShieldTest, NoFileSignalsItsProcesses) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const base::FileDescriptor reading(ends[0]), writing(ends[1]);
    ASSERT_EQ(::fcntl(reading.get(), F_SETOWN, keeper_), 0);
    ASSERT_EQ(::fcntl(reading.get(), F_SETSIG, SIGKILL), 0);
    ASSERT_EQ(::fcntl(reading.get(), F_SETFL, O_ASYNC), 0);
    ASSERT_EQ(::write(writing.get(), "x", 1), 1);
    const auto told = take_refusals();
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told[0], fmt::format("1 {} 0 {} 1  ", SIGKILL, nobody));
    lower();
    ASSERT_EQ(::write(writing.get(), "x", 1), 1);
    EXPECT_EQ(end_of_keeper(), -SIGKILL);
}

TEST_F(ShieldTest, WhatShowsProcessesGoesOn) {
    for (const auto* file : {"status", "stat", "smaps_rollup", "maps", "environ", "cmdline"}) {
        std::ifstream text(fmt::format("/proc/{}/{}", part_, file));
        EXPECT_NE(text.get(), EOF) << file;
    }
    EXPECT_EQ(std::filesystem::read_symlink(fmt::format("/proc/{}/exe", part_)),
              std::filesystem::read_symlink("/proc/self/exe"));
    rlimit limit{};
    EXPECT_EQ(::prlimit(part_, RLIMIT_NOFILE, nullptr, &limit), 0);
    EXPECT_TRUE(take_refusals().empty());
}

TEST_F(ShieldTest, AnybodyEndsTheKeeper) {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        ASSERT_EQ(::kill(keeper_, signal), 0);
        EXPECT_EQ(end_of_keeper(), -signal);
        TearDown();
        SetUp();
    }
}

base::FileDescriptor open_map(const std::string& name, unsigned flags) {
    bpf_get_fd_by_id_opts reading{};
    reading.sz = sizeof reading;
    reading.open_flags = BPF_F_RDONLY;
    bpf_get_fd_by_id_opts asked{};
    asked.sz = sizeof asked;
    asked.open_flags = flags;
    for (std::uint32_t number = 0; bpf_map_get_next_id(number, &number) == 0;) {
        const base::FileDescriptor map(bpf_map_get_fd_by_id_opts(number, &reading));
        bpf_map_info info{};
        std::uint32_t size = sizeof info;
        if (bpf_obj_get_info_by_fd(map.get(), &info, &size) != 0 || info.name != name) continue;
        return base::FileDescriptor(bpf_map_get_fd_by_id_opts(number, &asked));
    }
    errno = ENOENT;
    return {};
}

// By number or by pin; whoever cannot have one to write cannot map a ring's positions either.
TEST_F(ShieldTest, NobodyElseWritesToItsMaps) {
    const base::FileDescriptor other(
        bpf_map_create(BPF_MAP_TYPE_RINGBUF, "others_ring", 0, 0, 4096, nullptr));
    EXPECT_TRUE(open_map("others_ring", 0).valid());
    for (const auto* name : {"keepers_ring", "parts_ring", "shield_refusals", "shield_processe"}) {
        EXPECT_TRUE(open_map(name, BPF_F_RDONLY).valid()) << name;
        EXPECT_EQ(number(open_map(name, 0).valid()), EPERM) << name;
        EXPECT_TRUE(is_told(Act::map, 0)) << name;
    }
    lower();
    EXPECT_TRUE(open_map("keepers_ring", 0).valid());
}

// However often the sensor has made its maps anew.
TEST_F(ShieldTest, ItsMapsAreHeldAfterThousandsThatAreGone) {
    ASSERT_EQ(ask('m'), "made");
    EXPECT_TRUE(open_map("late_ring", BPF_F_RDONLY).valid());
    EXPECT_EQ(number(open_map("late_ring", 0).valid()), EPERM);
    EXPECT_TRUE(is_told(Act::map, 0));
    // They stand where some of those stood.
    std::vector<base::FileDescriptor> others;
    for (int i = 0; i < 100; ++i) {
        others.emplace_back(bpf_map_create(BPF_MAP_TYPE_ARRAY, "others_array", 4, 4, 1, nullptr));
        ASSERT_TRUE(others.back().valid()) << errno;
    }
    EXPECT_TRUE(take_refusals().empty());
}

TEST_F(ShieldTest, TheSensorMakesNoMapThatCouldNotBeHeld) {
    EXPECT_EQ(ask('f'), std::to_string(ENOSPC));
}

// Those that find no room are counted; the others, and those after them, are held.
TEST_F(ShieldTest, ProcessesThatFindNoRoomAreTold) {
    EXPECT_EQ(ask('u'), "0");
    for (int time = 0; time < 2; ++time) {
        pid_t first = 0, last = 0;
        std::istringstream(ask('p')) >> first >> last;
        ASSERT_GT(last, 1);
        EXPECT_EQ(number(::kill(first, SIGWINCH) == 0), EPERM);
        EXPECT_EQ(::kill(last, SIGWINCH), 0) << "none of those that are held";
        // Beside them there are the keeper, the part and its child.
        EXPECT_EQ(ask('u'), std::to_string(crowd + 3 - SHIELD_PROCESSES));
        EXPECT_EQ(ask('u'), "0");
        ASSERT_EQ(ask('e'), "ended");
    }
}

// It would take the shield itself away. Only in a guest: it does so to all programs of the machine.
TEST_F(ShieldTest, NobodyTakesAllProgramsOffTheKernelsFunctions) {
    if (!is_first_process_a_shell()) GTEST_SKIP() << "the machine's programs are left in peace";
    const auto elsewhere = top_ / "proc";
    std::filesystem::create_directory(elsewhere);
    ASSERT_EQ(::mount("proc", elsewhere.c_str(), "proc", 0, nullptr), 0);
    const auto switch_of = [](const std::filesystem::path& procfs, const char* value) {
        const base::FileDescriptor file(
            ::open((procfs / "sys/kernel/ftrace_enabled").c_str(), O_WRONLY | O_CLOEXEC));
        return number(file.valid() && ::write(file.get(), value, 1) == 1);
    };
    for (const auto& procfs : {std::filesystem::path("/proc"), elsewhere}) {
        EXPECT_EQ(switch_of(procfs, "0"), EPERM);
        EXPECT_TRUE(is_told(Act::file, 0));
    }
    EXPECT_EQ(number(::kill(part_, SIGWINCH) == 0), EPERM);
    lower();
    EXPECT_EQ(switch_of(elsewhere, "0"), 0);
    EXPECT_EQ(switch_of(elsewhere, "1"), 0);
    EXPECT_EQ(::umount(elsewhere.c_str()), 0);
}

// By it services are stopped, at last with SIGKILL. Tried where it is but a shell.
TEST_F(ShieldTest, TheMachinesFirstProcessEndsAll) {
    if (!is_first_process_a_shell()) {
        GTEST_SKIP() << "the machine's first process is left in peace";
    }
    ASSERT_EQ(kill_by_first_process(part_, SIGSTOP), 0);
    EXPECT_TRUE(is_stopped(part_));
    ASSERT_EQ(kill_by_first_process(keeper_, SIGKILL), 0);
    EXPECT_EQ(end_of_keeper(), -SIGKILL);
}

// While it is up nobody else may look at them.
std::size_t programs_of_the_shield() {
    std::size_t count = 0;
    for (std::uint32_t number = 0; bpf_prog_get_next_id(number, &number) == 0;) {
        const base::FileDescriptor program(bpf_prog_get_fd_by_id(number));
        if (!program.valid() && errno == EPERM) ++count;
        bpf_prog_info info{};
        std::uint32_t size = sizeof info;
        if (bpf_obj_get_info_by_fd(program.get(), &info, &size) == 0 &&
            std::string_view(info.name).starts_with("shield_")) {
            ++count;
        }
    }
    return count;
}

// The kernel takes programs away a moment after the last descriptor.
TEST_F(ShieldTest, NothingOfItOutlivesTheKeeper) {
    EXPECT_GT(programs_of_the_shield(), 0U);
    ASSERT_EQ(::kill(keeper_, SIGTERM), 0);
    EXPECT_EQ(end_of_keeper(), -SIGTERM);
    for (int tries = 0; tries < 5000 && programs_of_the_shield() > 0; ++tries) ::usleep(1000);
    EXPECT_EQ(programs_of_the_shield(), 0U);
}

}  // namespace
}  // namespace shoji::shield
