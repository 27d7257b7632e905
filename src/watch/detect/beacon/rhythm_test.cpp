#include "watch/detect/beacon/rhythm.h"

#include <random>

#include <gtest/gtest.h>

namespace shoji::beacon {
namespace {

constexpr std::uint32_t hour = 3600;

TEST(CodedSize, is_exact_when_small_and_near_when_large) {
    for (std::uint64_t size = 0; size < 4096; ++size) {
        ASSERT_EQ(decoded_size(coded_size(size)), static_cast<double>(size));
    }
    std::mt19937_64 random(1);
    for (int round = 0; round < 20'000; ++round) {
        const std::uint64_t size = random() >> (random() % 64);
        if (size >= std::uint64_t{1} << 41) continue;
        const double decoded = decoded_size(coded_size(size));
        ASSERT_NEAR(decoded, static_cast<double>(size), static_cast<double>(size) / 2000 + 0.5);
    }
    EXPECT_GT(decoded_size(coded_size(UINT64_MAX)), 1e12);
}

TEST(CodedSize, keeps_the_order) {
    std::uint16_t before = 0;
    for (std::uint64_t size = 1; size < std::uint64_t{1} << 60; size += size / 100 + 1) {
        const auto code = coded_size(size);
        ASSERT_GE(code, before);
        before = code;
    }
}

TEST(Bars, keep_the_last_24_bins) {
    Bars bars;
    for (std::uint32_t bin = 100; bin < 150; ++bin) bars.add(bin);
    bars.add(149);
    bars.add(120);  // too old
    const auto histogram = bars.until(149);
    for (std::size_t i = 0; i + 1 < bins; ++i) EXPECT_EQ(histogram[i], 1U) << i;
    EXPECT_EQ(histogram[bins - 1], 2U);
    EXPECT_EQ(bars.until(149 + 24), Bins{});
}

TEST(Bars, agree_with_a_plain_count) {
    std::mt19937_64 random(4);
    for (int round = 0; round < 300; ++round) {
        Bars bars;
        std::vector<std::uint32_t> added;
        std::uint32_t newest = 0;
        for (int i = 0; i < 100; ++i) {
            const auto ahead = static_cast<std::uint32_t>(random() % (round % 2 == 0 ? 5 : 40));
            const std::uint32_t bin = newest + ahead < 3 ? 0 : newest + ahead - 3;
            bars.add(bin);
            newest = std::max(newest, bin);
            added.push_back(bin);
            // A bin that was too old when it came is not there later either.
            Bins expected{};
            std::uint32_t then = 0;
            for (const auto one : added) {
                then = std::max(then, one);
                if (then - one < bins && newest - one < bins) ++expected[bins - 1 - (newest - one)];
            }
            ASSERT_EQ(bars.until(newest), expected);
        }
    }
}

TEST(Rhythm, a_fixed_pause_scores_one) {
    Rhythm rhythm;
    for (std::uint32_t i = 0; i < 1440; ++i) rhythm.add({1 + i * 60, 0, false}, 420);
    const auto judgement = rhythm.judge(false);
    EXPECT_DOUBLE_EQ(judgement.scores.total(), 1);
    EXPECT_DOUBLE_EQ(judgement.middle_pause, 60);
    EXPECT_DOUBLE_EQ(judgement.middle_size, 420);
    EXPECT_EQ(rhythm.recent().hours, 24U);
}

TEST(Rhythm, a_few_contacts_a_day_are_seen_in_shifts) {
    Rhythm rhythm;
    for (std::uint32_t i = 0; i < 30; ++i) rhythm.add({1 + i * 5 * hour, 0, false}, 420);
    const auto judgement = rhythm.judge(false);
    EXPECT_EQ(judgement.view, View::shifts);
    EXPECT_GT(judgement.scores.total(), 0.9);
}

TEST(Rhythm, office_hours_are_a_clock_of_their_own) {
    Rhythm rhythm;
    // Ten hours of the office a day; 24 hours a day of the terminal.
    for (std::uint32_t day = 0; day < 5; ++day) {
        for (std::uint32_t i = 0; i < 10 * 30; ++i) {
            rhythm.add({1 + day * 24 * hour + i * 120, day * 10 + i / 30, true}, 420);
        }
    }
    EXPECT_EQ(rhythm.judge(false).view, View::office);
    EXPECT_GT(rhythm.judge(false).scores.total(), 0.95);
}

TEST(Rhythm, names_are_counted_about) {
    Rhythm rhythm;
    EXPECT_EQ(rhythm.names(), 0U);
    std::mt19937_64 random(5);
    for (int i = 0; i < 30; ++i) rhythm.add_name(random());
    EXPECT_NEAR(rhythm.names(), 30, 10);
    for (int i = 0; i < 3000; ++i) rhythm.add_name(random());
    EXPECT_GE(rhythm.names(), 100U);
}

TEST(Rhythm, of_queries_only_new_names_count_as_sizes) {
    Rhythm same;
    Rhythm changing;
    std::mt19937_64 random(6);
    for (std::uint32_t i = 0; i < 600; ++i) {
        same.add({1 + i * 120, 0, false}, 42);
        changing.add({1 + i * 120, 0, false}, 42);
        same.add_name(7);
        changing.add_name(random());
    }
    EXPECT_LT(same.judge(true).scores.data_size, 0.05);
    EXPECT_DOUBLE_EQ(changing.judge(true).scores.data_size, 1);
}

}  // namespace
}  // namespace shoji::beacon
