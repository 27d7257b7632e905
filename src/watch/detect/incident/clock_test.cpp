#include "watch/detect/incident/clock.h"

#include <gtest/gtest.h>

namespace shoji::incident {
namespace {

constexpr event::Time start = 1'795'392'000 * second;

TEST(Clock, GoesOnlyForwards) {
    Clock clock;
    EXPECT_EQ(clock.believe(start, "a"), start);
    EXPECT_EQ(clock.believe(start + hour, "b"), start + hour);
    EXPECT_EQ(clock.believe(start, "a"), start + hour) << "what is late counts as now";
    EXPECT_EQ(clock.untimely(), 0U);
}

TEST(Clock, OneHostsClockMovesNobody) {
    Clock clock;
    clock.believe(start, "a");
    clock.believe(start, "b");
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(clock.believe(start + 300 * day, "liar"), start);
        EXPECT_EQ(clock.believe(5 * second, "dead battery"), start);
    }
    EXPECT_EQ(clock.untimely(), 2000U);
}

TEST(Clock, TheOnlyHostIsBelievedInTheEnd) {
    Clock clock;
    clock.believe(start, "a");
    event::Time now = start;
    for (std::uint32_t i = 0; i < Clock::agreeing; ++i) now = clock.believe(start + 6 * day, "a");
    EXPECT_EQ(now, start + 6 * day);
}

TEST(Clock, TimePassesUpToThePresent) {
    Clock clock;
    clock.believe(start, "a");
    clock.believe(start, "b");
    clock.set_present(start + 5 * day);
    EXPECT_EQ(clock.believe(start + 3 * day, "b"), start + 3 * day) << "after a weekend";
    EXPECT_EQ(clock.believe(start + 7 * day, "liar"), start + 3 * day) << "not yet";
    EXPECT_EQ(clock.believe(start, "a"), start + 3 * day) << "late";
    EXPECT_EQ(clock.untimely(), 2U);
}

TEST(Clock, ACityIsBelievedAfterALongSilence) {
    Clock clock;
    clock.believe(start, "a");
    clock.believe(start, "b");
    event::Time now = start;
    for (std::uint32_t i = 0; i < Clock::agreeing; ++i) {
        now = clock.believe(start + 6 * day + i, i % 2 == 0 ? "a" : "b");
    }
    EXPECT_EQ(now, start + 6 * day + Clock::agreeing - 1);
    now = 0;
    for (std::uint32_t i = 0; i < Clock::agreeing; ++i) {
        now = clock.believe(start, i % 2 == 0 ? "a" : "b");
    }
    EXPECT_EQ(now, start) << "also back, when all say so";
}

}  // namespace
}  // namespace shoji::incident
