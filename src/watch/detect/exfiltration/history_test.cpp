#include "watch/detect/exfiltration/history.h"

#include "watch/detect/exfiltration/season.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace shoji::exfiltration {
namespace {

TEST(Steps, KeepTheOrderAndAFifthOfTheAmount) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t a = random() >> random() % 64;
        const std::uint64_t b = random() >> random() % 64;
        EXPECT_LE(step_of(std::min(a, b)), step_of(std::max(a, b)));
        const auto least = amount_of(step_of(a));
        EXPECT_LE(least, a);
        EXPECT_EQ(step_of(least), step_of(a));
        if (a < std::uint64_t{1} << 62U) {
            EXPECT_GE(least + 1, a - a / 5) << a;
        }
    }
    EXPECT_EQ(amount_of(step_of(0)), 0U);
}

TEST(History, OneOddDayDoesNotMoveTheLimitMuch) {
    History even;
    for (int day = 0; day < 27; ++day) even.add(1'000'000);
    const auto before = even.baseline(Rule{});
    EXPECT_EQ(step_of(before.median), step_of(1'000'000));
    EXPECT_LT(before.limit, 10'000'000U);
    even.add(5'000'000);
    EXPECT_EQ(even.baseline(Rule{}).limit, before.limit);
    EXPECT_EQ(before.samples, 27U);
}

TEST(History, ForgetsWhatIsOlderThanFourWeeks) {
    History history;
    history.add(1'000'000'000'000);
    for (std::size_t day = 0; day < History::most; ++day) history.add(1000);
    EXPECT_LT(history.baseline(Rule{}).limit, 1'000'000U);
}

TEST(Population, QuantileIsWhatSoManyStayBelow) {
    Population population;
    for (std::uint64_t i = 0; i < 10'000; ++i) population.add(i < 9990 ? 1000 : 1'000'000);
    EXPECT_EQ(step_of(population.quantile(5000)), step_of(1000));
    EXPECT_EQ(step_of(population.quantile(9990)), step_of(1'000'000));
    EXPECT_TRUE(population.sound());
}

TEST(Population, HalvesWhatIsOldAndStaysSound) {
    Population population;
    for (int i = 0; i < 1'200'000; ++i) population.add(5);
    EXPECT_TRUE(population.sound());
    EXPECT_LT(population.size(), 1'000'001U);
}

TEST(HostCount, IsAboutRight) {
    std::mt19937_64 random(2);
    HostCount count;
    EXPECT_EQ(count.estimate(), 0U);
    std::uint64_t first = random();
    for (int i = 0; i < 100; ++i) count.add(first);
    EXPECT_EQ(count.estimate(), 1U);
    for (int i = 0; i < 99; ++i) count.add(random());
    EXPECT_NEAR(count.estimate(), 100, 20);
}

constexpr std::int64_t monday = 4 * 24;  // 1970-01-05, 00:00

TEST(Season, KnowsTheNightFromTheDay) {
    Season season;
    for (std::int64_t day = 0; day < 5; ++day) {
        for (std::int64_t hour = 9; hour < 17; ++hour) {
            season.add(monday + day * 24 + hour, 10'000'000);
        }
    }
    season.add(monday + 7 * 24 + 11, 1);
    const auto noon = season.usual(Rule{});
    ASSERT_TRUE(noon);
    EXPECT_EQ(step_of(noon->median), step_of(10'000'000));
    season.add(monday + 8 * 24 + 2, 1);
    const auto night = season.usual(Rule{});
    ASSERT_TRUE(night);
    EXPECT_EQ(night->median, 0U);
    EXPECT_LT(night->limit, 100U);
}

TEST(Season, SaysNothingWithoutAPast) {
    Season season;
    EXPECT_FALSE(season.usual(Rule{}));
    season.add(monday + 10, 5);
    EXPECT_FALSE(season.usual(Rule{}));
}

TEST(Season, AnHourOfThePastCountsAsNow) {
    Season season;
    season.add(monday + 10, 5);
    season.add(monday + 3, 7);
    EXPECT_EQ(season.now(), 12U);
    season.add(monday + 11, 1);
    EXPECT_EQ(season.now(), 1U);
}

}  // namespace
}  // namespace shoji::exfiltration
