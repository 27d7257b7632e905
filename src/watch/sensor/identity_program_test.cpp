// Who did it, and in which order: with processes that come and go, numbers that are used again, and
// a sensor that begins after others.
#include "watch/sensor/sensor_fixture_test.h"

#include <algorithm>
#include <fstream>
#include <set>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

// As fork does it: into that control group (a descriptor of its folder; 0: one's own), into new
// namespaces, with that number (0: any). -1: it was refused.
pid_t clone_process(std::uint64_t flags, int group = 0, pid_t number = 0) {
    clone_args how{};
    how.flags = flags;
    how.exit_signal = SIGCHLD;
    if (group > 0) {
        how.flags |= CLONE_INTO_CGROUP;
        how.cgroup = static_cast<std::uint64_t>(group);
    }
    if (number > 0) {
        how.set_tid = reinterpret_cast<std::uint64_t>(&number);
        how.set_tid_size = 1;
    }
    return static_cast<pid_t>(::syscall(SYS_clone3, &how, sizeof how));
}

// A shell that acts when it is told to.
class WaitingShell {
  public:
    explicit WaitingShell(const std::string& act, int group = 0) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return;
        const base::FileDescriptor reading(ends[0]);
        waited_for_.reset(ends[1]);
        process_ = clone_process(0, group);
        if (process_ != 0) return;
        ::dup2(reading.get(), STDIN_FILENO);
        ::execl("/bin/sh", "sh", "-c", ("read word; " + act).c_str(), nullptr);
        ::_exit(127);
    }
    WaitingShell(const WaitingShell&) = delete;
    WaitingShell& operator=(const WaitingShell&) = delete;
    ~WaitingShell() { act(); }
    void act() {
        waited_for_.reset();
        if (process_ > 0) ::waitpid(process_, nullptr, 0);
    }
    [[nodiscard]] pid_t process() const { return process_; }
    // Until it is one.
    [[nodiscard]] bool runs() const {
        const auto command = "/proc/" + std::to_string(process_) + "/cmdline";
        for (int tries = 0; tries < 1000 * slowness(); ++tries) {
            std::ifstream file(command);
            std::string word;
            if (std::getline(file, word, '\0') && word == "sh") return true;
            ::usleep(10'000);
        }
        return false;
    }

  private:
    base::FileDescriptor waited_for_;
    pid_t process_ = -1;
};

class IdentityEvents : public testing::Test {
  protected:
    void SetUp() override { SHOJI_NEEDS_ROOT(); }

    static std::size_t losses(const RunningSensor& sensor) {
        return sensor.all([](const Object& event) { return text_of(event, "EventType") == "loss"; })
            .size();
    }
};

// For longer than the sensor goes without looking at the clock.
TEST_F(IdentityEvents, WhatAProcessDoesIsToldInItsOrder) {
    constexpr int rounds = 60;
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto path = folder.at("file-");
    const pid_t child = ::fork();
    if (child == 0) {
        for (int i = 0; i < rounds; ++i) {
            std::ofstream(path + std::to_string(i)) << "x";
            ::usleep(50'000);
        }
        ::execl("/bin/sh", "sh", "-c", ("echo x >" + path + "last; exec /bin/true").c_str(),
                nullptr);
        ::_exit(127);
    }
    ::waitpid(child, nullptr, 0);
    ASSERT_TRUE(act_of(sensor, "process_termination", child));
    const auto events = sensor.all([=](const Object& event) {
        const auto type = text_of(event, "EventType");
        return number_of(event, "ProcessId") == child && type != "map" && type != "close_write" &&
               !event.contains("Inherited");  // once more by the shell, by a copy of the descriptor
    });
    std::vector<std::string> told;
    std::string before;
    std::set<std::string> guids;
    for (const auto& event : events) {
        const auto file = text_of(event, "TargetFilename");
        told.push_back(file.empty() ? text_of(event, "Category") : file);
        EXPECT_LE(before, text_of(event, "Time"));
        before = text_of(event, "Time");
        guids.insert(text_of(event, "ProcessGuid"));
    }
    std::vector<std::string> expected{"process_fork"};
    for (int i = 0; i < rounds; ++i) expected.push_back(path + std::to_string(i));
    expected.insert(expected.end(),
                    {"process_creation", path + "last", "process_creation", "process_termination"});
    EXPECT_EQ(told, expected);
    EXPECT_EQ(guids.size(), 1U);
}

TEST_F(IdentityEvents, AProcessIsTheSameAfterARestartOfTheSensor) {
    const TestFolder folder;
    std::string first;
    std::optional<WaitingShell> shell;
    {
        RunningSensor sensor(with_family("process"));
        shell.emplace("echo x >" + folder.at("act"));
        const auto event = act_of(sensor, "process_creation", shell->process());
        ASSERT_TRUE(event);
        first = text_of(*event, "ProcessGuid");
        EXPECT_EQ(sensor.stop(), 0);
    }
    RunningSensor sensor(with_family("file"));
    const auto running = act_of(sensor, "process_running", shell->process());
    shell->act();
    ASSERT_TRUE(running);
    EXPECT_FALSE(first.empty());
    EXPECT_EQ(text_of(*running, "ProcessGuid"), first);
    const auto act = sensor.find("open_write", "TargetFilename", folder.at("act"));
    ASSERT_TRUE(act);
    EXPECT_EQ(text_of(*act, "ProcessGuid"), first);
    const auto end = act_of(sensor, "process_termination", shell->process());
    ASSERT_TRUE(end);
    EXPECT_EQ(text_of(*end, "ProcessGuid"), first);
}

TEST_F(IdentityEvents, ANumberThatIsUsedAgainIsAnotherProcess) {
    RunningSensor sensor(with_family("process"));
    const pid_t number = run({"/bin/true", "first"});
    const pid_t again = clone_process(0, 0, number);
    if (again == 0) {
        ::execl("/bin/true", "true", "second", nullptr);
        ::_exit(127);
    }
    ASSERT_EQ(again, number) << "somebody else has it";
    ::waitpid(again, nullptr, 0);
    const auto of_command = [&](std::string_view category, std::string_view command) {
        const auto event = sensor.find([&](const Object& one) {
            return text_of(one, "Category") == category && number_of(one, "ProcessId") == number &&
                   text_of(one, "CommandLine") == command;
        });
        return event ? text_of(*event, "ProcessGuid") : std::string();
    };
    const auto first = of_command("process_creation", "/bin/true first");
    const auto second = of_command("process_creation", "true second");
    EXPECT_FALSE(first.empty());
    EXPECT_FALSE(second.empty());
    EXPECT_NE(first, second);
    EXPECT_EQ(of_command("process_termination", "/bin/true first"), first);
    EXPECT_EQ(of_command("process_termination", "true second"), second);
}

// Of what ran before the sensor: its program, its parent and its control group.
TEST_F(IdentityEvents, WhatRanBeforeActsWithItsParentAndItsGroup) {
    const TestFolder folder;
    const TestGroup group;
    ASSERT_FALSE(group.name().empty());
    const base::FileDescriptor inside(
        ::open(group.path().c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC));
    WaitingShell shell("echo x >" + folder.at("act") + "; :", inside.get());
    ASSERT_TRUE(shell.runs());
    RunningSensor sensor(with_family("file"));
    shell.act();
    const auto event = sensor.find("open_write", "TargetFilename", folder.at("act"));
    ASSERT_TRUE(event);
    EXPECT_EQ(number_of(*event, "ProcessId"), shell.process());
    EXPECT_EQ(text_of(*event, "Image"), std::filesystem::canonical("/bin/sh").native());
    EXPECT_TRUE(text_of(*event, "CommandLine").starts_with("sh -c read word"));
    EXPECT_EQ(number_of(*event, "ParentProcessId"), ::getpid());
    EXPECT_EQ(text_of(*event, "ParentImage"),
              std::filesystem::read_symlink("/proc/self/exe").native());
    EXPECT_EQ(text_of(*event, "ParentUser"), "root");
    EXPECT_EQ(text_of(*event, "Cgroup"), group.name());
    const auto parent = act_of(sensor, "process_running", ::getpid());
    ASSERT_TRUE(parent);
    EXPECT_EQ(text_of(*event, "ParentProcessGuid"), text_of(*parent, "ProcessGuid"));
}

// Each with a control group and namespaces of its own, for a moment.
TEST_F(IdentityEvents, ContainersThatComeAndGo) {
    const int many = slowness() > 1 ? 200 : 2000;
    const TestFolder folder;
    const TestGroup group;
    ASSERT_FALSE(group.name().empty());
    WaitingShell before("echo x >" + folder.at("act") + "; :");
    ASSERT_TRUE(before.runs());
    RunningSensor sensor(with_family("file"));
    std::vector<pid_t> processes;
    for (int i = 0; i < many; ++i) {
        const auto path = group.path() + "/" + std::to_string(i);
        ASSERT_EQ(::mkdir(path.c_str(), 0755), 0);
        const base::FileDescriptor inside(::open(path.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC));
        const pid_t child =
            clone_process(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC, inside.get());
        if (child == 0) {
            ::execl("/bin/true", "true", std::to_string(i).c_str(), nullptr);
            ::_exit(127);
        }
        ASSERT_GT(child, 0);
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_EQ(status, 0);
        ASSERT_EQ(::rmdir(path.c_str()), 0);
        processes.push_back(child);
    }
    before.act();
    bool read_all = false;
    for (int look = 0; look < 10 && !read_all; ++look) {
        read_all = sensor.find("open_write", "TargetFilename", folder.at("act")).has_value();
    }
    const auto act = sensor.find("open_write", "TargetFilename", folder.at("act"));
    ASSERT_TRUE(act);
    EXPECT_EQ(number_of(*act, "ParentProcessId"), ::getpid());
    EXPECT_FALSE(text_of(*act, "ParentImage").empty());
    for (const std::string category : {"process_fork", "process_creation", "process_termination"}) {
        std::vector<std::string> groups;
        std::set<std::string> guids;
        for (const auto& event : sensor.all([&](const Object& one) {
                 return text_of(one, "Category") == category &&
                        text_of(one, "Cgroup").starts_with(group.name() + "/");
             })) {
            groups.push_back(text_of(event, "Cgroup"));
            guids.insert(text_of(event, "ProcessGuid"));
            EXPECT_EQ(number_of(event, "ParentProcessId"), ::getpid());
        }
        std::vector<std::string> expected;
        for (int i = 0; i < many; ++i) expected.push_back(group.name() + "/" + std::to_string(i));
        EXPECT_EQ(groups, expected) << category;
        EXPECT_EQ(guids.size(), processes.size()) << category;
    }
    EXPECT_EQ(losses(sensor), 0U);
}

// More run than policy lets the sensor remember: all are told of, and that they are not remembered.
TEST_F(IdentityEvents, WhatTheTableHasNoRoomForIsToldAndCounted) {
    std::vector<std::unique_ptr<WaitingShell>> running;
    for (int i = 0; i < 20; ++i) running.push_back(std::make_unique<WaitingShell>(":"));
    RunningSensor sensor(with_family("process", "[processes]\nmost = 16\n"));
    const pid_t process = run({"/bin/true", "unremembered"});
    for (const auto* category : {"process_fork", "process_creation", "process_termination"}) {
        EXPECT_TRUE(act_of(sensor, category, process)) << category;
    }
    const auto lost = sensor.find("loss", "Cause", "process_table");
    ASSERT_TRUE(lost);
    EXPECT_GE(number_of(*lost, "Count"), 5);
}

}  // namespace
}  // namespace shoji::sensor
