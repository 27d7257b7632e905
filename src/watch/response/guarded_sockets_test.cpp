// Sockets of every family, asked for in every way, by processes of a control group of the test's
// own: the guard holds for that group alone, and the rest of the machine is left in peace.
#include "watch/response/guarded_sockets.h"

#include "watch/response/freezer.h"
#include "watch/response/kill.h"
#include "watch/response/small_file.h"

#include <csignal>
#include <cstring>
#include <filesystem>
#include <functional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::response {
namespace {

using ::testing::Contains;

constexpr int made = 0;       // a socket was made
constexpr int refused = 1;    // the call failed
constexpr int killed = 1000;  // the process did not live to see it

class SocketGuardTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
        const auto mount =
            unified_mount(read_small_file("/proc/self/mountinfo", 1U << 20U).value());
        if (mount.empty()) GTEST_SKIP() << "needs control groups of version 2";
        folder_ = mount / ("shoji-socket-test-" + std::to_string(::getpid()));
        ASSERT_TRUE(std::filesystem::create_directory(folder_));
        struct stat state {};
        ASSERT_EQ(::stat(folder_.c_str(), &state), 0);
        settings_.cgroup = state.st_ino;
    }
    void TearDown() override {
        if (folder_.empty()) return;
        constexpr int tries = 10000;
        for (int i = 0; i < tries && ::rmdir(folder_.c_str()) != 0; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        EXPECT_FALSE(std::filesystem::exists(folder_));
    }

    // What becomes of a process of the group that does this.
    int in_group(const std::function<int()>& body) const {
        const pid_t child = ::fork();
        if (child == 0) {
            if (!write_control_file(folder_ / "cgroup.procs", "0")) ::_exit(99);
            ::_exit(body());
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? killed : WEXITSTATUS(status);
    }
    int ask(int family) const {
        return in_group([=] {
            int result = refused;
            for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET}) {
                if (::socket(family, type, 0) >= 0) result = made;
            }
            return result;
        });
    }
    // With the call of a 32-bit program.
    int ask_compat(unsigned number, unsigned first, unsigned second, unsigned third) const {
        return in_group([=] {
            long result = number;
            asm volatile("int $0x80"
                         : "+a"(result)
                         : "b"(first), "c"(second), "d"(third)
                         : "memory", "cc", "r8", "r9", "r10", "r11");
            return result >= 0 ? made : refused;
        });
    }

    std::filesystem::path folder_;
    SocketGuardSettings settings_;
};

// One request of IORING_OP_SOCKET.
int ask_by_uring(int family) {
    io_uring_params parameters{};
    const auto ring = static_cast<int>(::syscall(SYS_io_uring_setup, 4, &parameters));
    if (ring < 0) return refused;
    const std::size_t ring_bytes =
        parameters.sq_off.array + parameters.sq_entries * sizeof(unsigned);
    auto* queue =
        static_cast<std::uint8_t*>(::mmap(nullptr, ring_bytes, PROT_READ | PROT_WRITE,
                                          MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING));
    const std::size_t completions =
        parameters.cq_off.cqes + parameters.cq_entries * sizeof(io_uring_cqe);
    auto* done = static_cast<std::uint8_t*>(
        ::mmap(nullptr, completions, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING));
    auto* entries = static_cast<io_uring_sqe*>(
        ::mmap(nullptr, parameters.sq_entries * sizeof(io_uring_sqe), PROT_READ | PROT_WRITE,
               MAP_SHARED, ring, IORING_OFF_SQES));
    if (queue == MAP_FAILED || done == MAP_FAILED || entries == MAP_FAILED) return refused;
    constexpr std::uint8_t operation_socket = 45;
    entries[0] = {};
    entries[0].opcode = operation_socket;
    entries[0].fd = family;
    entries[0].off = SOCK_DGRAM;
    const unsigned one = 1;
    std::memset(queue + parameters.sq_off.array, 0, sizeof one);
    std::memcpy(queue + parameters.sq_off.tail, &one, sizeof one);
    ::syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, nullptr, 0);
    io_uring_cqe answer{};
    std::memcpy(&answer, done + parameters.cq_off.cqes, sizeof answer);
    return answer.res >= 0 ? made : refused;
}

TEST_F(SocketGuardTest, LetsNoFamilyBeMadeThatPacketRulesDoNotSee) {
    std::vector<int> before;
    constexpr int families = 46;
    for (int family = 0; family < families; ++family) before.push_back(ask(family));
    EXPECT_EQ(before[AF_PACKET], made);
    for (const bool try_lsm : {true, false}) {
        settings_.try_lsm = try_lsm;
        auto guard = SocketGuard::start(settings_);
        ASSERT_TRUE(guard) << guard.error().message;
        const int stopped = guard->choice().kind == GuardKind::lsm ? refused : killed;
        for (int family = 0; family < families; ++family) {
            const bool open = (isolated_families >> static_cast<unsigned>(family) & 1U) != 0;
            EXPECT_EQ(ask(family), open ? before[static_cast<std::size_t>(family)] : stopped)
                << "family " << family;
        }
        std::vector<int> told;
        for (const auto& one : guard->take_stopped()) told.push_back(one.family);
        EXPECT_THAT(told, Contains(AF_PACKET));
        EXPECT_THAT(told, Contains(AF_VSOCK));
    }
    // Afterwards all is as it was.
    for (int family = 0; family < families; ++family) {
        EXPECT_EQ(ask(family), before[static_cast<std::size_t>(family)]) << "family " << family;
    }
}

TEST_F(SocketGuardTest, SeesCallsOf32BitPrograms) {
    constexpr unsigned compat_socket = 359;
    constexpr unsigned compat_socketcall = 102;
    if (ask_compat(compat_socket, AF_PACKET, SOCK_RAW, 0) != made)
        GTEST_SKIP() << "no 32-bit calls here";
    const auto guard = SocketGuard::start(settings_);
    ASSERT_TRUE(guard) << guard.error().message;
    const int stopped = guard->choice().kind == GuardKind::lsm ? refused : killed;
    EXPECT_EQ(ask_compat(compat_socket, AF_PACKET, SOCK_RAW, 0), stopped);
    EXPECT_EQ(ask_compat(compat_socket, AF_INET, SOCK_DGRAM, 0), made);
    auto* low = static_cast<unsigned*>(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE,
                                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0));
    ASSERT_NE(low, MAP_FAILED);
    low[0] = AF_PACKET;
    low[1] = SOCK_RAW;
    low[2] = 0;
    EXPECT_EQ(ask_compat(compat_socketcall, 1,
                         static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(low)), 0),
              stopped);
    ::munmap(low, 4096);
}

TEST_F(SocketGuardTest, SeesWhatIoUringMakes) {
    if (in_group([] { return ask_by_uring(AF_PACKET); }) != made)
        GTEST_SKIP() << "io_uring makes no sockets here";
    const auto guard = SocketGuard::start(settings_);
    ASSERT_TRUE(guard) << guard.error().message;
    EXPECT_EQ(in_group([] { return ask_by_uring(AF_PACKET); }),
              guard->choice().kind == GuardKind::lsm ? refused : killed);
}

TEST_F(SocketGuardTest, LetsListedProgramsMakePacketSocketsAndNothingElse) {
    settings_.packet_programs = {"/proc/self/exe", "/nowhere/at all"};
    const auto guard = SocketGuard::start(settings_);
    ASSERT_TRUE(guard) << guard.error().message;
    EXPECT_EQ(ask(AF_PACKET), made);
    EXPECT_EQ(ask(AF_VSOCK), guard->choice().kind == GuardKind::lsm ? refused : killed);
}

TEST_F(SocketGuardTest, HoldsForNobodyElse) {
    const auto guard = SocketGuard::start(settings_);
    ASSERT_TRUE(guard) << guard.error().message;
    const base::FileDescriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    EXPECT_TRUE(socket.valid());
}

TEST_F(SocketGuardTest, FindsWhoHoldsSuchSockets) {
    const base::FileDescriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    ASSERT_TRUE(socket.valid());
    const auto mine = [](const std::vector<SocketHolder>& holders) {
        int family = -1;
        for (const auto& one : holders) {
            if (one.process.id.number == ::getpid()) family = one.family;
        }
        return family;
    };
    EXPECT_EQ(mine(socket_holders({}).value()), AF_PACKET);
    EXPECT_EQ(mine(socket_holders(files_of({"/proc/self/exe"})).value()), -1);
}

}  // namespace
}  // namespace shoji::response
