#include "watch/detect/sigma/testing/all_correlations.h"
#include "watch/detect/sigma/testing/correlations.h"
#include "watch/detect/sigma/testing/random_correlations.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::sigma::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string counting(const std::string& name, const std::string& rule, const std::string& more) {
    return "---\ntitle: " + name + "\nname: " + name +
           "\ncorrelation: {type: event_count, group-by: [G], timespan: 10s, rules: [" + rule +
           "], " + more + "}\n";
}

std::vector<std::string> all_shown(const CorrelationPlan& plan,
                                   const std::vector<CorrelationHit>& hits) {
    std::vector<std::string> all;
    for (const auto& hit : hits) all.push_back(shown(plan, hit));
    return all;
}

std::vector<Observation> three(const Correlations& all, const std::string& rule) {
    return {all.at(1, {rule}, {{"G", "x"}}), all.at(2, {rule}, {{"G", "x"}}),
            all.at(3, {rule}, {{"G", "y"}})};
}

std::vector<std::uint8_t> saved(const Correlations& all,
                                const std::vector<Observation>& observations) {
    Correlator correlator(all.plan());
    std::vector<CorrelationHit> hits;
    for (const auto& observation : observations) correlator.add(observation, hits);
    return correlator.save();
}

// Hits of a stream that is cut at each multiple of `every`, where what there is goes on from bytes.
std::vector<std::string> cut_hits(const Correlations& all,
                                  const std::vector<Observation>& observations, std::size_t every,
                                  const CorrelationLimits& limits, CorrelationLosses& losses) {
    auto correlator = std::make_unique<Correlator>(all.plan(), limits);
    std::vector<CorrelationHit> hits;
    for (std::size_t i = 0; i < observations.size(); ++i) {
        if (i % every == 0) {
            const auto bytes = correlator->save();
            const auto memory = correlator->bytes();
            correlator = std::make_unique<Correlator>(all.plan(), limits);
            const auto left = correlator->load(bytes);
            EXPECT_TRUE(left) << left.error().message;
            EXPECT_EQ(correlator->save(), bytes);
            EXPECT_EQ(correlator->bytes(), memory);
        }
        correlator->add(observations[i], hits);
    }
    losses = correlator->losses();
    return all_shown(all.plan(), hits);
}

TEST(CorrelatorState, AStreamThatIsCutAnywhereHasTheSameHits) {
    constexpr std::uint32_t rounds = 120;
    std::size_t hits = 0;
    std::uint64_t lost = 0;
    for (std::uint32_t seed = 0; seed < rounds; ++seed) {
        RandomCorrelations random(seed);
        const auto text = random.correlations(4);
        Correlations all(text, RandomCorrelations::rules());
        const auto observations = random.observations(all, 100);
        const CorrelationLimits tight{2, 3, 1500};
        const auto limits = seed % 3 == 0 ? tight : CorrelationLimits{};
        const auto every = static_cast<std::size_t>(1 + random.below(20));
        CorrelationLosses losses;
        const auto cut = cut_hits(all, observations, every, limits, losses);
        ASSERT_EQ(cut, all.hits(observations, limits)) << "seed " << seed << "\n" << text;
        ASSERT_EQ(losses, all.losses()) << "seed " << seed;
        hits += cut.size();
        lost += losses.all();
    }
    EXPECT_GT(hits, rounds * 5);
    EXPECT_GT(lost, rounds);
}

TEST(CorrelatorState, ACorrelationThatChangedIsLeftBehindAndCounted) {
    const Correlations before(counting("same", "a", "condition: {gte: 3}") +
                                  counting("other", "a", "condition: {gte: 3}"),
                              {"a"});
    const auto bytes = saved(before, three(before, "a"));
    const Correlations after(counting("new", "b", "condition: {gte: 2}") +
                                 counting("other", "a", "condition: {gte: 2}") +
                                 counting("same", "a", "condition: {gte: 3}"),
                             {"b", "a"});
    Correlator correlator(after.plan());
    const auto left = correlator.load(bytes);
    ASSERT_TRUE(left) << left.error().message;
    EXPECT_EQ(left->correlations, 1U);
    EXPECT_EQ(left->groups, 2U);
    EXPECT_EQ(correlator.losses().groups, 2U);
    std::vector<CorrelationHit> hits;
    correlator.add(after.at(4, {"a"}, {{"G", "x"}}), hits);
    EXPECT_THAT(all_shown(after.plan(), hits), ElementsAre("same@4 x"));
}

TEST(CorrelatorState, WhatACorrelationRefersToIsPartOfIt) {
    const auto outer =
        "---\ntitle: outer\ncorrelation: {type: event_count, timespan: 10s, rules: [inner], "
        "condition: {gte: 2}}\n";
    const Correlations before(counting("inner", "a", "condition: {gte: 1}") + outer, {"a"});
    const auto bytes = saved(before, {before.at(1, {"a"}, {{"G", "x"}})});
    const Correlations after(counting("inner", "a", "condition: {gte: 0}") + outer, {"a"});
    Correlator correlator(after.plan());
    EXPECT_EQ(correlator.load(bytes)->correlations, 2U);
}

TEST(CorrelatorState, SmallerLimitsKeepTheNewestAndCountTheRest) {
    const Correlations all(counting("c", "a", "condition: {gte: 2}"), {"a"});
    const auto bytes = saved(all, three(all, "a"));
    Correlator fewer_groups(all.plan(), {1, 100, 1 << 20});
    ASSERT_TRUE(fewer_groups.load(bytes));
    EXPECT_EQ(fewer_groups.losses().groups, 1U);
    std::vector<CorrelationHit> hits;
    fewer_groups.add(all.at(4, {"a"}, {{"G", "y"}}), hits);
    EXPECT_THAT(all_shown(all.plan(), hits), ElementsAre("c@4 y"));
    Correlator fewer_events(all.plan(), {100, 1, 1 << 20});
    ASSERT_TRUE(fewer_events.load(bytes));
    EXPECT_EQ(fewer_events.losses().events, 1U);
    Correlator fewer_bytes(all.plan(), {100, 100, 300});
    ASSERT_TRUE(fewer_bytes.load(bytes));
    EXPECT_LE(fewer_bytes.bytes(), 300U);
    EXPECT_GT(fewer_bytes.losses().groups, 0U);
}

TEST(CorrelatorState, DamageIsRefusedOrHarmlessAndChangesNothingWhenRefused) {
    RandomCorrelations random(1);
    Correlations all(random.correlations(6), RandomCorrelations::rules());
    const auto observations = random.observations(all, 60);
    const auto bytes = saved(all, observations);
    std::size_t refused = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto damaged = bytes;
        damaged[i] ^= 0x81U;
        Correlator correlator(all.plan());
        std::vector<CorrelationHit> hits;
        correlator.add(observations.front(), hits);
        const auto before = correlator.save();
        if (correlator.load(damaged)) {
            for (auto later : observations) {
                later.time += 100'000'000'000;
                correlator.add(later, hits);
            }
        } else {
            ++refused;
            ASSERT_EQ(correlator.save(), before);
        }
        ASSERT_FALSE(correlator.load(std::span(bytes).first(i))) << i;
    }
    EXPECT_GT(refused, bytes.size() / 4);
    auto version = bytes;
    ++version[4];
    EXPECT_EQ(Correlator(all.plan()).load(version).error().kind, base::ErrorKind::corrupt);
}

// Who changes the form has to change the version as well.
TEST(CorrelatorState, OneThatWasSavedBeforeIsRead) {
    const Correlations all(all_correlations, {"r", "s"});
    std::ifstream file(SHOJI_CORRELATOR_STATE, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    Correlator correlator(all.plan());
    const auto left =
        correlator.load({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    ASSERT_TRUE(left) << left.error().message;
    EXPECT_EQ(left->correlations, 0U);
    const auto saved = correlator.save();
    EXPECT_EQ(std::string(saved.begin(), saved.end()), text);
}

TEST(CorrelatorState, TheEventsOfAWindowAreInOrderAndTheGroupsToo) {
    const Correlations all(counting("c", "a", "condition: {gte: 9}"), {"a"});
    const auto bytes = saved(all, three(all, "a"));
    // Of the last group, two times of eight bytes each are at the end.
    auto swapped = bytes;
    std::swap_ranges(swapped.end() - 16, swapped.end() - 8, swapped.end() - 8);
    EXPECT_FALSE(Correlator(all.plan()).load(swapped));
    EXPECT_TRUE(Correlator(all.plan()).load(bytes));
}

}  // namespace
}  // namespace shoji::sigma::testing
