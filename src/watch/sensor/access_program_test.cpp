// What one process does to another's memory and descriptors, as real calls do it.
#include "watch/sensor/io_uring_test.h"
#include "watch/sensor/process_access.h"
#include "watch/sensor/sensor_fixture_test.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

// A process that waits until this goes.
class Victim {
  public:
    Victim() : process_(::fork()) {
        while (process_ == 0) ::pause();
    }
    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;
    ~Victim() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    [[nodiscard]] pid_t process() const { return process_; }

  private:
    pid_t process_;
};

class AccessEvents : public testing::Test {
  protected:
    void SetUp() override { SHOJI_NEEDS_ROOT(); }

    static std::optional<Object> find(RunningSensor& sensor, std::string_view type, pid_t source,
                                      pid_t target) {
        return sensor.find([=](const Object& event) {
            return text_of(event, "EventType") == type && number_of(event, "ProcessId") == source &&
                   (target == 0 || number_of(event, "TargetProcessId") == target);
        });
    }
    static std::string self() { return std::filesystem::read_symlink("/proc/self/exe").native(); }
    static void expect_both(const std::optional<Object>& event) {
        ASSERT_TRUE(event);
        EXPECT_EQ(text_of(*event, "Category"), "process_access");
        EXPECT_EQ(text_of(*event, "SourceImage"), self());
        EXPECT_EQ(text_of(*event, "TargetImage"), self());
        EXPECT_EQ(text_of(*event, "TargetUser"), "root");
    }
};

TEST_F(AccessEvents, Ptrace) {
    RunningSensor sensor(with_family("access"));
    const Victim victim;
    ASSERT_EQ(::ptrace(PTRACE_ATTACH, victim.process(), nullptr, nullptr), 0);
    ::waitpid(victim.process(), nullptr, 0);
    ASSERT_EQ(::ptrace(PTRACE_DETACH, victim.process(), nullptr, nullptr), 0);
    const auto event = find(sensor, "ptrace", ::getpid(), victim.process());
    ASSERT_TRUE(event);
    expect_both(event);
    EXPECT_EQ(text_of(*event, "Request"), "attach");
    EXPECT_EQ(text_of(*event, "Result"), "success");
}

TEST_F(AccessEvents, AttemptsThatFailAreToldAsWell) {
    RunningSensor sensor(with_family("access"));
    ASSERT_NE(::ptrace(PTRACE_ATTACH, ::getpid(), nullptr, nullptr), 0);
    const auto event = find(sensor, "ptrace", ::getpid(), ::getpid());
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "Result"), "EPERM");
}

TEST_F(AccessEvents, ReadingAndWritingMemoryIsToldOnceEach) {
    RunningSensor sensor(with_family("access"));
    const Victim victim;
    static int there = 7;
    int here = 9;
    const iovec mine{&here, sizeof here};
    const iovec its{&there, sizeof there};
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(::process_vm_writev(victim.process(), &mine, 1, &its, 1, 0),
                  static_cast<ssize_t>(sizeof here));
    }
    ASSERT_EQ(::process_vm_readv(victim.process(), &mine, 1, &its, 1, 0),
              static_cast<ssize_t>(sizeof here));
    expect_both(find(sensor, "read_memory", ::getpid(), victim.process()));
    expect_both(find(sensor, "write_memory", ::getpid(), victim.process()));
    EXPECT_EQ(sensor
                  .all([&](const Object& event) {
                      return text_of(event, "EventType") == "write_memory" &&
                             number_of(event, "TargetProcessId") == victim.process();
                  })
                  .size(),
              1U);
}

TEST_F(AccessEvents, TakingADescriptor) {
    RunningSensor sensor(with_family("access"));
    const Victim victim;
    const base::FileDescriptor process(
        static_cast<int>(::syscall(SYS_pidfd_open, victim.process(), 0)));
    ASSERT_TRUE(process.valid());
    const base::FileDescriptor taken(static_cast<int>(::syscall(438, process.get(), 1, 0)));
    ASSERT_TRUE(taken.valid());
    const auto event = find(sensor, "take_descriptor", ::getpid(), victim.process());
    ASSERT_TRUE(event);
    expect_both(event);
    EXPECT_EQ(number_of(*event, "Descriptor"), 1);
}

TEST_F(AccessEvents, MemoryAsAFileOfProcfs) {
    RunningSensor sensor(with_family("file"));
    const Victim victim;
    const auto path = "/proc/" + std::to_string(victim.process()) + "/mem";
    const base::FileDescriptor memory(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_TRUE(memory.valid());
    const auto event = find(sensor, "open_memory", ::getpid(), victim.process());
    ASSERT_TRUE(event);
    expect_both(event);
    EXPECT_EQ(text_of(*event, "TargetFilename"), path);
}

// By the file system, not by its usual place.
TEST_F(AccessEvents, ProcfsElsewhereIsNoWayAround) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const Victim victim;
    const pid_t child = ::fork();
    if (child == 0) {
        const bool ready = ::unshare(CLONE_NEWNS) == 0 &&
                           ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                           ::mount("proc", folder.path().c_str(), "proc", 0, nullptr) == 0;
        const auto path = folder.at(std::to_string(victim.process()) + "/mem");
        ::_exit(ready && ::open(path.c_str(), O_WRONLY | O_CLOEXEC) >= 0 ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_EQ(status, 0);
    expect_both(find(sensor, "open_memory", child, victim.process()));
}

TEST_F(AccessEvents, FilesThatAreMemoryAlone) {
    RunningSensor sensor(with_family("access"));
    const base::FileDescriptor file(::memfd_create("hidden", MFD_CLOEXEC));
    ASSERT_TRUE(file.valid());
    const auto event = sensor.find("memory_file", "TargetFilename", "memfd:hidden");
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "Category"), "process_act");
    EXPECT_EQ(number_of(*event, "ProcessId"), ::getpid());
    EXPECT_EQ(number_of(*event, "Flags"), MFD_CLOEXEC);
}

TEST_F(AccessEvents, WhoUsesIoUring) {
    RunningSensor sensor(with_family("access"));
    const TestUring uring;
    ASSERT_TRUE(uring.valid());
    const auto event = find(sensor, "io_uring", ::getpid(), 0);
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "Category"), "process_act");
    EXPECT_EQ(number_of(*event, "Entries"), 4);
}

TEST(ProcessOfMemory, ByItsPath) {
    EXPECT_EQ(process_of_memory("/proc/12/mem"), 12U);
    EXPECT_EQ(process_of_memory("/x/12/task/13/mem"), 12U);
    for (const auto* path : {"/proc/12/maps", "/proc/a/mem", "mem", "/mem", "", "/proc/0/mem",
                             "/proc/99999999999/mem", "/task/13/mem"}) {
        EXPECT_EQ(process_of_memory(path), std::nullopt) << path;
    }
}

}  // namespace
}  // namespace shoji::sensor
