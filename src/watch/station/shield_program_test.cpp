// The real sensor behind its shield: what root tries is refused and told, its ends and starts go
// on.
#include "watch/shield/first_process_test.h"
#include "watch/station/station_fixture_test.h"

#include <cerrno>
#include <csignal>
#include <fstream>

#include <sys/mount.h>

namespace shoji::station {
namespace {

using sensor::text_of;

class ShieldProgram : public StationTest {
  protected:
    ShieldProgram() { shielded_ = true; }
    // Processes, and the family that has the fewest programs.
    [[nodiscard]] std::string policy_with(const std::string& keeper) const {
        return policy({}, "[keeper]\n" + keeper + sensor::with_family("access", ""));
    }
    static boost::json::value shield_of(const RunningSensor& sensor) {
        std::ifstream file(sensor.state_file());
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        boost::json::error_code broken;
        const auto state = boost::json::parse(text, broken);
        return broken ? boost::json::value(nullptr) : state.at("shield");
    }
};

#define NEEDS_SHIELD(sensor)                                                 \
    if (const auto shield = shield_of(sensor); !shield.at("up").as_bool()) { \
        ASSERT_TRUE(shield.at("wanted").as_bool());                          \
        ASSERT_FALSE(shield.at("why").as_string().empty());                  \
        GTEST_SKIP() << shield.at("why").as_string().c_str();                \
    }

TEST_F(ShieldProgram, WhatRootTriesIsRefusedAndTold) {
    RunningSensor sensor(policy_with(""));
    NEEDS_SHIELD(sensor)
    for (const auto* part : {"keeper", "analyst", "opener"}) {
        const pid_t process = process_of(sensor, part);
        ASSERT_GT(process, 1);
        for (const int signal : {SIGSTOP, SIGKILL}) {
            EXPECT_NE(::kill(process, signal), 0) << part;
            EXPECT_EQ(errno, EPERM) << part;
        }
    }
    const auto told = sensor.find([&](const Object& event) {
        return text_of(event, "Rule") == "sensor.act_refused" &&
               event.at("Values").at("act").as_string() == "signal-9";
    });
    ASSERT_TRUE(told);
    EXPECT_EQ(text_of(*told, "Level"), "critical");
    const auto& values = told->at("Values").as_object();
    EXPECT_EQ(values.at("process").as_string(), std::to_string(::getpid()));
    EXPECT_EQ(values.at("user").as_string(), "0");
    EXPECT_EQ(values.at("program").as_string(),
              std::filesystem::read_symlink("/proc/self/exe").native());
    std::error_code refused;
    std::filesystem::remove_all(folder_.at("state"), refused);
    EXPECT_EQ(refused.value(), EPERM);
    EXPECT_FALSE(std::filesystem::remove(folder_.at("run/sensor.json"), refused));
    EXPECT_EQ(refused.value(), EPERM);
    EXPECT_EQ(count(sensor, "sensor.part_ended"), 0U);
    EXPECT_EQ(sensor.stop(), 0) << "by SIGTERM of anybody";
}

TEST_F(ShieldProgram, APartThatEndsIsStartedAgainBehindIt) {
    if (!shield::is_first_process_a_shell()) {
        GTEST_SKIP() << "the machine's first process is left in peace";
    }
    RunningSensor sensor(policy_with(""));
    NEEDS_SHIELD(sensor)
    const pid_t analyst = process_of(sensor, "analyst");
    ASSERT_GT(analyst, 1);
    ASSERT_EQ(shield::kill_by_first_process(analyst, SIGKILL), 0);
    ASSERT_TRUE(alert(sensor, "sensor.part_ended"));
    pid_t next = 0;
    ASSERT_TRUE(eventually([&] {
        next = process_of(sensor, "analyst");
        return next > 1 && next != analyst;
    }));
    EXPECT_NE(::kill(next, SIGKILL), 0);
    EXPECT_EQ(errno, EPERM);
    EXPECT_EQ(sensor.stop(), 0);
}

// Without the shield, which refuses it.
TEST_F(ShieldProgram, ProgramsOnTheKernelsFunctionsArePutOnAgain) {
    if (!shield::is_first_process_a_shell()) {
        GTEST_SKIP() << "the machine's programs are left in peace";
    }
    RunningSensor sensor(policy_with("shield = false\n"));
    const auto* file = "/proc/sys/kernel/ftrace_enabled";
    std::ofstream(file) << "0" << std::flush;
    const auto told = alert(sensor, "sensor.programs_detached");
    ASSERT_TRUE(told);
    EXPECT_EQ(told->at("Values").at("programs").as_string(), "ftrace_enabled");
    int on = 0;
    std::ifstream(file) >> on;
    EXPECT_EQ(on, 1);
    EXPECT_EQ(sensor.stop(), 0);
}

class PinsBehindIt : public ShieldProgram {
  protected:
    void SetUp() override {
        ShieldProgram::SetUp();
        if (IsSkipped()) return;
        std::filesystem::create_directory(folder_.at("bpf"));
        ASSERT_EQ(::mount("bpf", folder_.at("bpf").c_str(), "bpf", 0, "mode=0700"), 0) << errno;
    }
    void TearDown() override {
        // Nothing where the test was skipped before the mount.
        ::umount2(folder_.at("bpf").c_str(), MNT_DETACH);
    }
    [[nodiscard]] bool refuses_to_remove() const {
        std::error_code refused;
        std::filesystem::remove_all(folder_.at("bpf/sensor"), refused);
        return refused.value() == EPERM && std::filesystem::exists(folder_.at("bpf/sensor/told"));
    }
};

TEST_F(PinsBehindIt, StayUntilTheSensorItselfRemovesThem) {
    const auto text = policy_with(fmt::format("pins = \"{}\"\n", folder_.at("bpf/sensor")));
    if (!shield::is_first_process_a_shell()) {
        GTEST_SKIP() << "the machine's first process is left in peace";
    }
    {
        RunningSensor sensor(text);
        NEEDS_SHIELD(sensor)
        EXPECT_TRUE(refuses_to_remove());
        EXPECT_TRUE(alert(sensor, "sensor.act_refused"));
        ASSERT_GT(signal_part(sensor, "keeper", SIGHUP), 1);
        ASSERT_TRUE(alert(sensor, "sensor.policy_changed"));
        EXPECT_TRUE(eventually([&] { return refuses_to_remove(); }));
        EXPECT_EQ(count(sensor, "sensor.programs_detached"), 0U);
        const pid_t keeper = process_of(sensor, "keeper");
        ASSERT_EQ(shield::kill_by_first_process(keeper, SIGKILL), 0);
        EXPECT_EQ(sensor.stop(), -SIGKILL);
    }
    ASSERT_TRUE(std::filesystem::exists(folder_.at("bpf/sensor/told")));
    RunningSensor next(text);
    EXPECT_TRUE(alert(next, "sensor.ended_uncleanly"));
    EXPECT_TRUE(refuses_to_remove());
    EXPECT_EQ(next.stop(), 0);
    EXPECT_FALSE(std::filesystem::exists(folder_.at("bpf/sensor")));
}

TEST_F(ShieldProgram, PolicyTakesItAway) {
    RunningSensor sensor(policy_with("shield = false\n"));
    EXPECT_FALSE(shield_of(sensor).at("wanted").as_bool());
    EXPECT_FALSE(shield_of(sensor).at("up").as_bool());
    ASSERT_GT(signal_part(sensor, "analyst", SIGKILL), 1);
    EXPECT_TRUE(alert(sensor, "sensor.part_ended"));
    EXPECT_EQ(sensor.stop(), 0);
}

}  // namespace
}  // namespace shoji::station
