#include "core/audit/clock.h"

#include <gtest/gtest.h>

namespace shoji::audit {
namespace {

using namespace std::chrono_literals;
using journal::Event;
using journal::Notice;

constexpr BootId this_boot{1};
constexpr BootId other_boot{2};
const Time noon = std::chrono::sys_days(2026y / 7 / 1) + 12h;

TEST(ClockWatch, IsQuietWhileBothClocksGoOn) {
    ClockWatch watch(this_boot, std::nullopt);
    for (int hour = 0; hour < 100; ++hour) {
        EXPECT_EQ(watch.observe({noon + hour * 1h, 5s + hour * 1h}), std::nullopt);
    }
}

TEST(ClockWatch, TellsOfASetClockOnce) {
    ClockWatch watch(this_boot, std::nullopt);
    EXPECT_EQ(watch.observe({noon, 10s}), std::nullopt);
    EXPECT_EQ(watch.observe({noon - 1h + 1s, 11s}),
              (Notice{Event::clock_set_back, "3600.000000 s"}));
    EXPECT_EQ(watch.observe({noon - 1h + 2s, 12s}), std::nullopt);
    EXPECT_EQ(watch.observe({noon + 3s + 250ms, 13s}),
              (Notice{Event::clock_set_forward, "3600.250000 s"}));
}

TEST(ClockWatch, TellsOfManySmallSteps) {
    ClockWatch watch(this_boot, std::nullopt);
    int told = 0;
    for (int step = 0; step < 100; ++step) {
        if (watch.observe({noon + step * 900ms, 10s + step * 1s})) ++told;
    }
    EXPECT_EQ(told, 9);
}

TEST(ClockWatch, ComparesWithTheLastLineOfTheSameBoot) {
    const journal::Stamp last{7, {}, noon, this_boot, 100s};
    EXPECT_EQ(ClockWatch(this_boot, last).observe({noon + 10s, 110s}), std::nullopt);
    EXPECT_EQ(ClockWatch(this_boot, last).observe({noon + 10s, 120s}),
              (Notice{Event::clock_set_back, "10.000000 s"}));
}

TEST(ClockWatch, ComparesWithTheLastLineOfAnEarlierBoot) {
    const journal::Stamp last{7, {}, noon, other_boot, 100s};
    EXPECT_EQ(ClockWatch(this_boot, last).observe({noon + 10s, 5s}), std::nullopt);
    EXPECT_EQ(ClockWatch(this_boot, last).observe({noon - 10s, 5s}),
              (Notice{Event::clock_set_back, "10.000000 s"}));
}

TEST(MachineClock, KnowsTheBootAndGoesOn) {
    const auto clock = machine_clock();
    ASSERT_TRUE(clock) << clock.error().message;
    EXPECT_NE(clock->boot, BootId{});
    const Moment first = clock->now();
    EXPECT_GT(first.time, Time{});
    EXPECT_GE(clock->now().uptime, first.uptime);
}

}  // namespace
}  // namespace shoji::audit
