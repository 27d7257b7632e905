#include "watch/detect/beacon/score.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace shoji::beacon {
namespace {

double of_pauses(std::vector<double> pauses) {
    return timestamp_score(pauses);
}
double of_sizes(std::vector<double> sizes) {
    return data_size_score(sizes);
}

// The expected scores of RITA's own tests (analysis/beacons_test.go).
TEST(Score, pauses_score_as_in_RITA) {
    EXPECT_DOUBLE_EQ(of_pauses(std::vector<double>(9, 1)), 1);
    EXPECT_DOUBLE_EQ(of_pauses(std::vector<double>(9, 60)), 1);
    EXPECT_NEAR(of_pauses({98, 99, 99, 100, 100, 100, 101, 101, 102}), 0.995, 0.001);
    EXPECT_NEAR(of_pauses({98, 300, 98, 300, 98, 300, 98, 300, 98, 300}), 0.746, 0.001);
    EXPECT_NEAR(of_pauses({1, 299, 25, 4975, 90, 2, 42, 500, 1500}), 0.083, 0.001);
}

TEST(Score, sizes_score_as_in_RITA) {
    EXPECT_NEAR(of_sizes({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}), 0.773, 0.001);
}

TEST(Score, too_little_scores_nothing) {
    EXPECT_EQ(of_pauses({}), 0);
    EXPECT_EQ(of_pauses({60, 60}), 0);
    EXPECT_EQ(of_pauses({60, 0, 0, 60, 0}), 0) << "pauses of 0 are none";
    EXPECT_EQ(of_sizes({5, 5}), 0);
}

TEST(Score, sizes_of_nothing_are_not_regular) {
    EXPECT_DOUBLE_EQ(of_sizes({0, 0, 0, 0}), 0.5);
}

TEST(Score, the_parts_are_a_quarter_each) {
    const Scores scores{1, 0.5, 0.25, 0.75};
    EXPECT_DOUBLE_EQ(scores.total(), 0.625);
}

TEST(Score, a_flat_day_is_even_and_lasts) {
    Bins flat;
    flat.fill(60);
    EXPECT_DOUBLE_EQ(histogram_score(flat), 1);
    EXPECT_DOUBLE_EQ(duration_score(flat), 1);
}

TEST(Score, fewer_than_six_hours_do_not_last) {
    Bins histogram{};
    for (std::size_t i = 0; i < 5; ++i) histogram[i] = 10;
    EXPECT_DOUBLE_EQ(duration_score(histogram), 0);
    histogram[5] = 10;
    EXPECT_DOUBLE_EQ(duration_score(histogram), 0.5);
}

TEST(Score, a_run_goes_over_the_end) {
    Bins histogram{};
    for (std::size_t i = 0; i < 4; ++i) histogram[i] = histogram[bins - 1 - i] = 5;
    // Eight in a row of the ideal twelve; but the first and the last contact span the day.
    EXPECT_DOUBLE_EQ(duration_score(histogram), 1);
    Bins apart{};
    for (std::size_t i = 2; i < 14; i += 2) apart[i] = 5;
    EXPECT_DOUBLE_EQ(duration_score(apart), 0.459) << "eleven of twenty-four bins";
}

TEST(Score, two_heights_are_as_good_as_one) {
    Bins histogram{};
    for (std::size_t i = 0; i < bins; ++i) histogram[i] = i % 3 == 0 ? 100 : 10;
    EXPECT_DOUBLE_EQ(histogram_score(histogram), 1);
    for (std::size_t i = 0; i < bins; ++i) histogram[i] = static_cast<std::uint32_t>(i * i * 10);
    EXPECT_LT(histogram_score(histogram), 0.5);
}

TEST(Score, an_empty_histogram_scores_nothing) {
    EXPECT_EQ(histogram_score(Bins{}), 0);
    EXPECT_EQ(duration_score(Bins{}), 0);
}

TEST(Score, buckets_rise_in_straight_lines) {
    EXPECT_DOUBLE_EQ(bucketed(0.49, beacon_buckets), 0);
    EXPECT_DOUBLE_EQ(bucketed(0.5, beacon_buckets), 0.2);
    EXPECT_DOUBLE_EQ(bucketed(0.6, beacon_buckets), 0.3);
    EXPECT_DOUBLE_EQ(bucketed(0.7, beacon_buckets), 0.4);
    EXPECT_DOUBLE_EQ(bucketed(1, beacon_buckets), 0.8);
    EXPECT_DOUBLE_EQ(bucketed(6, open_hours_buckets), 0.5);
    EXPECT_DOUBLE_EQ(bucketed(500, open_hours_buckets), 0.8);
}

TEST(ScoreProperty, is_always_from_0_to_1) {
    std::mt19937_64 random(1);
    for (int round = 0; round < 20'000; ++round) {
        std::vector<double> values(random() % 60);
        const auto range = std::uint64_t{1} << (random() % 48);
        for (auto& value : values) value = static_cast<double>(random() % range);
        Bins histogram{};
        const auto filled = random() % (bins + 1);
        for (std::size_t i = 0; i < filled; ++i) {
            histogram[random() % bins] = static_cast<std::uint32_t>(random() % range);
        }
        auto pauses = values;
        for (const double score :
             {timestamp_score(pauses), data_size_score(values), duration_score(histogram),
              histogram_score(histogram), bucketed(static_cast<double>(range), beacon_buckets)}) {
            ASSERT_GE(score, 0);
            ASSERT_LE(score, 1);
        }
    }
}

TEST(ScoreProperty, the_order_of_pauses_says_nothing) {
    std::mt19937_64 random(2);
    for (int round = 0; round < 1000; ++round) {
        std::vector<double> values(3 + random() % 40);
        for (auto& value : values) value = static_cast<double>(random() % 5000);
        auto other = values;
        std::ranges::shuffle(other, random);
        ASSERT_EQ(timestamp_score(values), timestamp_score(other));
    }
}

TEST(ScoreProperty, more_jitter_scores_less) {
    std::mt19937_64 random(3);
    double before = 201;
    for (const double jitter : {0.0, 0.2, 0.5, 0.9}) {
        double sum = 0;
        for (int round = 0; round < 200; ++round) {
            std::vector<double> values(48);
            for (auto& value : values) {
                value = 600 * (1 + jitter * (static_cast<double>(random() % 2001) / 1000 - 1));
            }
            sum += timestamp_score(values);
        }
        EXPECT_LT(sum, before);
        before = sum;
    }
}

}  // namespace
}  // namespace shoji::beacon
