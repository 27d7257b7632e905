// What is done to the sensor itself: its parts killed and stopped, its files changed, its policy.
#include "watch/station/station_fixture_test.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <gmock/gmock.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

namespace shoji::station {
namespace {

using sensor::text_of;

class KeeperProgram : public StationTest {
  protected:
    // Whether another process is the part now.
    static bool is_another(const RunningSensor& sensor, const std::string& part, pid_t before) {
        return eventually([&] {
            const pid_t now = process_of(sensor, part);
            return now > 0 && now != before;
        });
    }
    // By what the family is seen; empty: it is not.
    static std::string backend_of(const RunningSensor& sensor, const std::string& family) {
        std::ifstream file(sensor.state_file());
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        const auto state = boost::json::parse(text);
        for (const auto& one : state.at("families").as_array()) {
            if (one.at("family") != family.c_str() || one.at("backend").is_null()) continue;
            return one.at("backend").as_string().c_str();
        }
        return {};
    }
    // Whoever takes in orphans may take a while to look at one that has ended.
    static bool has_ended(pid_t process) {
        std::ifstream file(fmt::format("/proc/{}/stat", process));
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        return text.empty() || text.find(") Z ") != std::string::npos;
    }
};

TEST_F(KeeperProgram, TheServiceManagerHearsThatItWorksAndLives) {
    const auto path = folder_.at("notify");
    const base::FileDescriptor manager(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    ASSERT_LT(path.size(), sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    ASSERT_EQ(::bind(manager.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    RunningSensor sensor(policy());
    ::unsetenv("NOTIFY_SOCKET");
    // The next that it says, of what is no sign of life.
    int alive = 0;
    const auto next = [&] {
        std::array<char, 64> text{};
        for (;;) {
            const auto count = ::recv(manager.get(), text.data(), text.size(), 0);
            if (count <= 0) return std::string("nothing");
            const std::string said(text.data(), static_cast<std::size_t>(count));
            if (said != "WATCHDOG=1") return said;
            ++alive;
        }
    };
    EXPECT_EQ(next(), "READY=1");
    EXPECT_GT(process_of(sensor, "analyst"), 1);
    alive = 0;
    std::thread ending([&] {
        ::sleep(3);
        EXPECT_EQ(sensor.stop(), 0);
    });
    EXPECT_EQ(next(), "STOPPING=1");
    ending.join();
    EXPECT_GE(alive, 1);
}

TEST_F(KeeperProgram, AKilledAnalystIsToldAndStartedAgain) {
    RunningSensor sensor(policy());
    say(word_);
    ASSERT_TRUE(alert(sensor, "rule-one"));
    const pid_t analyst = signal_part(sensor, "analyst", SIGKILL);
    ASSERT_GT(analyst, 1);
    // While nobody reads, it is kept for the next one.
    const pid_t process = sensor::run({"/bin/true", word_});
    const auto told = alert(sensor, "sensor.part_ended");
    ASSERT_TRUE(told);
    EXPECT_EQ(told->at("Values").at("part").as_string(), "analyst");
    EXPECT_EQ(told->at("Values").at("signal").as_string(), "9");
    EXPECT_TRUE(is_another(sensor, "analyst", analyst));
    EXPECT_TRUE(sensor.find([&](const Object& event) {
        return text_of(event, "Rule") == "rule-one" &&
               sensor::number_of(event, "ProcessId") == process;
    }));
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(count(sensor, "sensor.part_ended"), 1U) << "the opener only followed";
}

// What the person reads who looks why there is no sensor.
TEST_F(KeeperProgram, APartThatCannotBeginEndsTheSensorWithASentence) {
    const auto file = folder_.at("policy.toml");
    write_file(file, policy());
    ASSERT_EQ(::rename(folder_.at("rules").c_str(), folder_.at("away").c_str()), 0);
    for (const auto& [locale, sentence] : {std::pair{"ja_JP.UTF-8", "analyst を始められません"},
                                           std::pair{"en_GB.UTF-8", "its analyst cannot begin"}}) {
        const auto log = folder_.at(std::string("log.") + locale);
        const pid_t child = ::fork();
        if (child == 0) {
            ::setenv("LC_ALL", locale, 1);
            if (std::freopen(log.c_str(), "w", stderr) == nullptr) ::_exit(126);
            ::execl(SHOJI_SENSOR_PROGRAM, SHOJI_SENSOR_PROGRAM, "--policy", file.c_str(), nullptr);
            ::_exit(127);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_EQ(WEXITSTATUS(status), 1);
        std::ifstream stream(log);
        const std::string said((std::istreambuf_iterator<char>(stream)), {});
        EXPECT_THAT(said, testing::HasSubstr(folder_.at("rules"))) << "which it was";
        EXPECT_THAT(said, testing::HasSubstr(sentence));
    }
}

// Its reader ends as often as it is started.
TEST_F(KeeperProgram, AJournalThatCannotBeReadIsToldOnce) {
    auto watching = policy();
    const std::string files = fmt::format("source = \"files\"\nfiles = [\"{}\"]", log_);
    const auto at = watching.find(files);
    ASSERT_NE(at, std::string::npos);
    watching.replace(at, files.size(),
                     fmt::format("source = \"journal\"\njournal = \"{}\"", folder_.at("nothing")));
    RunningSensor sensor(watching);
    const auto restarts = [&] { return part_number(sensor, "journal", "restarts"); };
    ASSERT_TRUE(eventually([&] { return restarts() >= 4; }));
    const auto told = alert(sensor, "sensor.part_ended");
    ASSERT_TRUE(told);
    EXPECT_EQ(told->at("Values").at("part").as_string(), "journal");
    say(word_);
    EXPECT_TRUE(alert(sensor, "rule-one")) << "all else is seen";
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(count(sensor, "sensor.part_ended"), 1U);
}

TEST_F(KeeperProgram, AStoppedAnalystIsToldAndStartedAgain) {
    RunningSensor sensor(policy({}, "[keeper]\nsilent_seconds = 2\n"));
    const pid_t analyst = signal_part(sensor, "analyst", SIGSTOP);
    ASSERT_GT(analyst, 1);
    const auto told = alert(sensor, "sensor.part_silent");
    ASSERT_TRUE(told);
    EXPECT_EQ(told->at("Values").at("part").as_string(), "analyst");
    EXPECT_TRUE(is_another(sensor, "analyst", analyst));
    say(word_);
    EXPECT_TRUE(alert(sensor, "rule-one"));
}

TEST_F(KeeperProgram, AKilledOpenerIsToldAndStartedAgain) {
    RunningSensor sensor(policy());
    const pid_t opener = signal_part(sensor, "opener", SIGKILL);
    ASSERT_GT(opener, 1);
    const auto told = alert(sensor, "sensor.part_ended");
    ASSERT_TRUE(told);
    EXPECT_EQ(told->at("Values").at("part").as_string(), "opener");
    EXPECT_TRUE(is_another(sensor, "opener", opener));
    say(word_);
    EXPECT_TRUE(alert(sensor, "rule-one"));
}

// With the keeper all goes: nobody watches on unseen.
TEST_F(KeeperProgram, WithTheKeeperAllPartsGo) {
    RunningSensor sensor(policy());
    const pid_t analyst = signal_part(sensor, "analyst", 0);
    ASSERT_GT(analyst, 1);
    ASSERT_GT(signal_part(sensor, "keeper", SIGKILL), 1);
    EXPECT_TRUE(eventually([&] { return has_ended(analyst); }));
    EXPECT_EQ(sensor.stop(), -SIGKILL);
}

// Of the same user, even: nobody without root's power over processes looks into them.
TEST_F(KeeperProgram, ItsProcessesCannotBeTraced) {
    RunningSensor sensor(policy());
    const pid_t analyst = signal_part(sensor, "analyst", 0);
    ASSERT_GT(analyst, 1);
    const pid_t child = ::fork();
    if (child == 0) {
        constexpr uid_t analyst_user = 65534;
        if (::setresgid(analyst_user, analyst_user, analyst_user) != 0 ||
            ::setresuid(analyst_user, analyst_user, analyst_user) != 0) {
            ::_exit(2);
        }
        const bool refused =
            ::ptrace(PTRACE_SEIZE, analyst, nullptr, nullptr) != 0 && errno == EPERM;
        ::_exit(refused ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(KeeperProgram, AChangedFileOfItsOwnIsAnAlert) {
    RunningSensor sensor(policy({}, "[keeper]\ncheck_seconds = 1\n"));
    write_file(folder_.at("rules/one.yml"), rule_for("rule-one", "harmless"));
    const auto told = alert(sensor, "sensor.file_changed");
    ASSERT_TRUE(told);
    EXPECT_EQ(told->at("Values").at("file").as_string(), folder_.at("rules/one.yml"));
}

TEST_F(KeeperProgram, ANewPolicyIsTakenUpAndABadOneIsNot) {
    RunningSensor sensor(policy());
    const auto file = std::filesystem::path(sensor.state_file()).parent_path() / "policy.toml";
    write_file(file, policy("no_such_setting = 1"));
    ASSERT_GT(signal_part(sensor, "keeper", SIGHUP), 1);
    const auto refused = alert(sensor, "sensor.policy_refused");
    ASSERT_TRUE(refused);
    EXPECT_NE(refused->at("Values").at("message").as_string().find("no_such_setting"),
              std::string::npos);
    say(word_);
    EXPECT_TRUE(alert(sensor, "rule-one")) << "the old one holds";
    write_file(folder_.at("rules/two.yml"), rule_for("rule-two", "another-" + word_));
    write_file(file, policy());
    ASSERT_GT(signal_part(sensor, "keeper", SIGHUP), 1);
    ASSERT_TRUE(alert(sensor, "sensor.policy_changed"));
    say("another-" + word_);
    EXPECT_TRUE(alert(sensor, "rule-two"));
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(count(sensor, "sensor.part_ended"), 0U);
}

// Not seeing is no clean answer, and no new one each time that an analyst begins.
TEST_F(KeeperProgram, WhatCannotBeSeenIsToldOnce) {
    std::filesystem::remove(log_);
    RunningSensor sensor(policy());
    const auto told = alert(sensor, "sensor.not_seen");
    ASSERT_TRUE(told);
    EXPECT_EQ(told->at("Values").at("family").as_string(), "logons");
    EXPECT_EQ(backend_of(sensor, "logons"), "");
    const pid_t analyst = signal_part(sensor, "analyst", SIGKILL);
    ASSERT_GT(analyst, 1);
    ASSERT_TRUE(is_another(sensor, "analyst", analyst));
    say(word_);
    ASSERT_TRUE(alert(sensor, "rule-one"));
    EXPECT_EQ(count(sensor, "sensor.not_seen"), 1U);
}

TEST_F(KeeperProgram, ALogThatComesLaterIsSeen) {
    std::filesystem::remove(log_);
    RunningSensor sensor(policy());
    ASSERT_TRUE(alert(sensor, "sensor.not_seen"));
    write_file(log_, "Nov 20 10:02:03 here su: FAILED SU (to root) late on p\n");
    EXPECT_TRUE(eventually([&] { return backend_of(sensor, "logons") == "files"; }));
    EXPECT_TRUE(sensor.find("authentication", "User", "late"));
}

// The next analyst reads logs from where the one before it stopped.
TEST_F(KeeperProgram, WhatLogsSayWhileTheAnalystIsAwayIsTold) {
    RunningSensor sensor(policy());
    const pid_t analyst = signal_part(sensor, "analyst", SIGSTOP);
    ASSERT_GT(analyst, 1);
    std::ofstream(log_, std::ios::app)
        << "Nov 20 10:02:03 here su: FAILED SU (to root) away on p\n";
    ::kill(analyst, SIGKILL);
    EXPECT_TRUE(sensor.find("authentication", "User", "away"));
}

}  // namespace
}  // namespace shoji::station
