#include "watch/detect/exfiltration/history.h"

#include "watch/detect/exfiltration/season.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace shoji::exfiltration {
namespace {

std::vector<std::uint8_t> saved(const Population& population) {
    base::Saver saver;
    saver(population);
    return saver.take();
}

bool is_read_back(const Population& population) {
    const auto bytes = saved(population);
    Population read;
    read.add(7);
    base::Loader loader(bytes);
    loader(read);
    return loader.finished() && read.size() == population.size() && saved(read) == bytes;
}

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
    EXPECT_TRUE(is_read_back(population));
}

TEST(Population, HalvesWhatIsOldAndStaysSound) {
    Population population;
    for (int i = 0; i < 1'200'000; ++i) population.add(5);
    EXPECT_TRUE(is_read_back(population));
    EXPECT_LT(population.size(), 1'000'001U);
}

TEST(Population, WhatNoneCanBeIsRefused) {
    Population population;
    for (const auto amount : {1000, 1000, 5}) population.add(static_cast<std::uint64_t>(amount));
    const auto bytes = saved(population);
    // How many amounts, then a step of one byte and a count of four for each.
    ASSERT_EQ(bytes.size(), 12U);
    const auto is_refused = [&](std::size_t place, std::uint8_t value) {
        auto damaged = bytes;
        damaged[place] = value;
        Population read;
        base::Loader loader(damaged);
        loader(read);
        return !loader.finished();
    };
    EXPECT_TRUE(is_refused(0, 3)) << "more than there are";
    EXPECT_TRUE(is_refused(2, bytes[7])) << "the same amount twice";
    EXPECT_TRUE(is_refused(3, 0)) << "one that never came";
    EXPECT_TRUE(is_refused(6, 1)) << "more than are counted";
    EXPECT_FALSE(is_refused(3, 9));
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
