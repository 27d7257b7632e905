// The whole way with the real programs: an act on a host, shoji-sensor's rule, shoji-hub, and what
// `shoji alerts` then shows.
#include "hub/whole_way_fixture_test.h"

namespace shoji::hub {
namespace {

TEST_F(WholeWay, AnActOnAHostIsAnAlertAtTheHub) {
    start();
    start_sensor();
    say();
    EXPECT_TRUE(eventually([&] { return shown("rule-one") == 1; }));
    EXPECT_TRUE(eventually([&] { return number("SELECT ifnull(sum(count), 0) FROM batch") > 0; }))
        << "events that policy says go too";
    EXPECT_TRUE(eventually([&] {
        const auto now = status();
        return now.is_object() && now.at("delivery").at("connected") == true;
    }));
    EXPECT_EQ(end_sensor(SIGTERM), 0);
}

// The line is cut, and is back.
TEST_F(WholeWay, WhatHappensWithoutTheHubIsKept) {
    start();
    start_sensor();
    say();
    ASSERT_TRUE(eventually([&] { return shown("rule-one") == 1; }));
    ASSERT_EQ(end(SIGKILL), -SIGKILL);
    for (int i = 0; i < 20; ++i) say();
    // Nor does the sensor's own end lose it.
    ASSERT_TRUE(eventually([&] {
        const auto now = status();
        return now.is_object() && now.at("alerts").to_number<int>() >= 21;
    }));
    EXPECT_EQ(end_sensor(SIGTERM), 0);
    start_sensor();
    for (int i = 0; i < 5; ++i) say();
    start();
    EXPECT_TRUE(eventually([&] { return shown("rule-one") == 26; })) << shown("rule-one");
    EXPECT_EQ(number("SELECT lost FROM sensor"), 0);
}

// Alerts that were handed over are on disk, or with the analyst still.
TEST_F(WholeWay, AKilledDelivererLosesNoAlert) {
    start();
    start_sensor();
    for (int i = 0; i < 10; ++i) {
        say();
        if (i % 3 != 1) continue;
        const auto deliverer = process_of("deliverer");
        ASSERT_FALSE(deliverer.empty());
        const pid_t process = std::stoi(deliverer);
        ASSERT_GT(process, 1);
        ASSERT_EQ(::kill(process, SIGKILL), 0);
        ASSERT_TRUE(eventually([&] {
            const auto now = process_of("deliverer");
            return !now.empty() && now != deliverer;
        }));
    }
    // What was on disk but not confirmed comes twice.
    EXPECT_TRUE(eventually([&] { return shown("rule-one") >= 10; })) << shown("rule-one");
    EXPECT_TRUE(eventually([&] { return shown("sensor.part_ended") >= 3; }));
}

TEST_F(WholeWay, AKilledSensorIsAnAlertForItsSilence) {
    start();
    start_sensor();
    say();
    ASSERT_TRUE(eventually([&] { return shown("rule-one") == 1; }));
    EXPECT_EQ(end_sensor(SIGKILL), -SIGKILL);
    EXPECT_TRUE(eventually([&] { return shown("sensor.silent") == 1; }));
    // What it left in its folders does not keep the next one from its work.
    start_sensor();
    EXPECT_TRUE(eventually([&] { return shown("sensor.restarted") == 1; }));
}

}  // namespace
}  // namespace shoji::hub
