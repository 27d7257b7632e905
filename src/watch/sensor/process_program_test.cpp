// Processes, as real programs make them and as the sensor tells of them.
#include "watch/sensor/program_files.h"
#include "watch/sensor/sensor_fixture_test.h"

#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

class ProcessEvents : public testing::Test {
  protected:
    void SetUp() override { SHOJI_NEEDS_ROOT(); }
    // The event of the process that `run` gave.
    std::optional<Object> of(RunningSensor& sensor, std::string_view category, pid_t process) {
        return sensor.find([&](const Object& event) {
            return text_of(event, "Category") == category &&
                   number_of(event, "ProcessId") == process;
        });
    }
};

TEST_F(ProcessEvents, ExecHasItsArgumentsFolderParentAndFile) {
    RunningSensor sensor(with_family("process"));
    const pid_t process = run({"/usr/bin/env", "true", "one", "two words"},
                              {"HOME=/root", "LD_PRELOAD=/x.so"}, "/usr/lib");
    const auto event = of(sensor, "process_creation", process);
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "Image"), "/usr/bin/env");
    EXPECT_EQ(text_of(*event, "CommandLine"), "/usr/bin/env true one two words");
    EXPECT_EQ(text_of(*event, "CurrentDirectory"), "/usr/lib");
    EXPECT_EQ(text_of(*event, "Environment"), "LD_PRELOAD=/x.so");
    EXPECT_EQ(text_of(*event, "User"), "root");
    EXPECT_EQ(number_of(*event, "ParentProcessId"), ::getpid());
    const auto self = std::filesystem::read_symlink("/proc/self/exe").native();
    EXPECT_EQ(text_of(*event, "ParentImage"), self);
    struct stat file {};
    ASSERT_EQ(::stat("/usr/bin/env", &file), 0);
    EXPECT_EQ(number_of(*event, "FileInode"), static_cast<std::int64_t>(file.st_ino));
    EXPECT_EQ(number_of(*event, "FileLinks"), static_cast<std::int64_t>(file.st_nlink));
}

TEST_F(ProcessEvents, ExecHasTheHashOfItsFile) {
    RunningSensor sensor(with_family("process"));
    const pid_t child = ::fork();
    if (child == 0) {
        ::execl("/usr/bin/sleep", "sleep", "1", nullptr);
        ::_exit(127);
    }
    const auto event = of(sensor, "process_creation", child);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ASSERT_TRUE(event);
    const int file = ::open("/usr/bin/sleep", O_RDONLY | O_CLOEXEC);
    EXPECT_EQ(text_of(*event, "Hashes"), "SHA256=" + hash_file(file, 1 << 24).value());
    ::close(file);
}

// One that has ended is found by its path, and hashed if that is still the same file.
TEST_F(ProcessEvents, TheFileOfAnEndedProcessIsHashedToo) {
    RunningSensor sensor(with_family("process"));
    const pid_t process = run({"/bin/true"});
    const auto event = of(sensor, "process_creation", process);
    ASSERT_TRUE(event);
    EXPECT_THAT(text_of(*event, "Hashes"), testing::MatchesRegex("SHA256=[0-9a-f]+"));
}

TEST_F(ProcessEvents, ForkAndExitTellOfTheSameProcess) {
    RunningSensor sensor(with_family("process"));
    const pid_t process = run({"/bin/sh", "-c", "exit 3"});
    const auto fork = of(sensor, "process_fork", process);
    const auto exec = of(sensor, "process_creation", process);
    const auto exit = of(sensor, "process_termination", process);
    ASSERT_TRUE(fork && exec && exit);
    EXPECT_EQ(text_of(*fork, "ProcessGuid"), text_of(*exec, "ProcessGuid"));
    EXPECT_EQ(text_of(*exit, "ProcessGuid"), text_of(*exec, "ProcessGuid"));
    EXPECT_EQ(number_of(*exit, "ExitCode"), 3);
    EXPECT_LE(text_of(*fork, "Time"), text_of(*exec, "Time"));
    EXPECT_LE(text_of(*exec, "Time"), text_of(*exit, "Time"));
}

TEST_F(ProcessEvents, AnExitBySignalNamesIt) {
    RunningSensor sensor(with_family("process"));
    const pid_t process = run({"/bin/sh", "-c", "kill -9 $$"});
    const auto exit = of(sensor, "process_termination", process);
    ASSERT_TRUE(exit);
    EXPECT_EQ(number_of(*exit, "Signal"), 9);
}

TEST_F(ProcessEvents, AScriptIsItsInterpreterAndItsName) {
    RunningSensor sensor(with_family("process"));
    const TestFolder folder;
    std::ofstream(folder.at("act")) << "#!/bin/sh\nexit 0\n";
    ASSERT_EQ(::chmod(folder.at("act").c_str(), 0755), 0);
    const pid_t process = run({folder.at("act"), "word"});
    const auto event = of(sensor, "process_creation", process);
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "Image"), std::filesystem::canonical("/bin/sh").native());
    EXPECT_EQ(text_of(*event, "Script"), folder.at("act"));
    EXPECT_EQ(text_of(*event, "CommandLine"), "/bin/sh " + folder.at("act") + " word");
}

// What a symbolic link names is told, not the link.
TEST_F(ProcessEvents, ALinkIsFollowedToTheFile) {
    RunningSensor sensor(with_family("process"));
    const TestFolder folder;
    std::filesystem::create_symlink("/usr/bin/env", folder.at("harmless"));
    const pid_t process = run({folder.at("harmless"), "true"});
    const auto event = of(sensor, "process_creation", process);
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "Image"), "/usr/bin/env");
}

TEST_F(ProcessEvents, AProgramInMemoryIsSeenAsSuch) {
    RunningSensor sensor(with_family("process"));
    const pid_t child = ::fork();
    if (child == 0) {
        const int memory = ::memfd_create("payload", MFD_CLOEXEC);
        std::ifstream source("/usr/bin/env", std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(source)), {});
        if (::write(memory, bytes.data(), bytes.size()) < 0) ::_exit(1);
        char name[] = "quiet";
        char word[] = "true";
        char* words[] = {name, word, nullptr};
        char* none[] = {nullptr};
        ::fexecve(memory, words, none);
        ::_exit(127);
    }
    ::waitpid(child, nullptr, 0);
    const auto event = of(sensor, "process_creation", child);
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "FileState"), "memory");
    EXPECT_EQ(text_of(*event, "Image"), "memfd:payload");
    EXPECT_EQ(number_of(*event, "FileLinks"), 0);
}

TEST_F(ProcessEvents, AShellOnASocketIsSeenAsSuch) {
    RunningSensor sensor(with_family("process"));
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[0], 0);
        ::execl("/bin/sh", "sh", "-c", "exit 0", nullptr);
        ::_exit(127);
    }
    ::waitpid(child, nullptr, 0);
    ::close(ends[0]);
    ::close(ends[1]);
    const auto event = of(sensor, "process_creation", child);
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "StandardInput"), "socket");
}

TEST_F(ProcessEvents, WhatRanBeforeIsKnown) {
    RunningSensor sensor(with_family("process"));
    const auto event = sensor.find([](const Object& one) {
        return text_of(one, "Category") == "process_running" &&
               number_of(one, "ProcessId") == ::getpid();
    });
    ASSERT_TRUE(event);
    const auto self = std::filesystem::read_symlink("/proc/self/exe").native();
    EXPECT_EQ(text_of(*event, "Image"), self);
    EXPECT_NE(text_of(*event, "CommandLine").find("sensor_test"), std::string::npos);
}

TEST_F(ProcessEvents, NothingIsLostOfManyAndAllAreTold) {
    RunningSensor sensor(with_family("process"));
    constexpr int many = 300;
    std::vector<pid_t> processes;
    for (int i = 0; i < many; ++i) processes.push_back(run({"/bin/true"}));
    ASSERT_TRUE(of(sensor, "process_termination", processes.back()));
    int told = 0;
    for (const pid_t process : processes) {
        const auto found = sensor.all([&](const Object& event) {
            return text_of(event, "Category") == "process_creation" &&
                   number_of(event, "ProcessId") == process;
        });
        told += found.empty() ? 0 : 1;
    }
    EXPECT_EQ(told, many);
    EXPECT_EQ(sensor.all([](const Object& event) { return text_of(event, "EventType") == "loss"; })
                  .size(),
              0U);
}

TEST_F(ProcessEvents, TheSensorEndsWellAndLeavesNoProgramBehind) {
    RunningSensor sensor(with_family("process"));
    std::ifstream file(sensor.state_file());
    const std::string state((std::istreambuf_iterator<char>(file)), {});
    EXPECT_THAT(state, testing::HasSubstr(R"({"family":"process","backend":"tracepoints")"));
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_FALSE(std::filesystem::exists(sensor.state_file()));
}

}  // namespace
}  // namespace shoji::sensor
