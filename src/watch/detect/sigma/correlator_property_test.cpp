// The streaming Correlator says what the definition says, for random rules and events.
#include "watch/detect/sigma/testing/correlations.h"
#include "watch/detect/sigma/testing/naive_correlator.h"
#include "watch/detect/sigma/testing/random_correlations.h"

#include <gtest/gtest.h>

namespace shoji::sigma::testing {
namespace {

std::vector<std::string> naive_hits(const Correlations& all,
                                    const std::vector<Observation>& observations) {
    NaiveCorrelator naive(all.plan());
    std::vector<CorrelationHit> hits;
    for (const auto& observation : observations) naive.add(observation, hits);
    std::vector<std::string> shown_hits;
    for (const auto& hit : hits) shown_hits.push_back(shown(all.plan(), hit));
    return shown_hits;
}

TEST(CorrelatorProperty, StreamingIsTheDefinition) {
    constexpr std::uint32_t rounds = 300;
    std::size_t hits = 0;
    for (std::uint32_t seed = 0; seed < rounds; ++seed) {
        RandomCorrelations random(seed);
        const auto text = random.correlations(4);
        Correlations all(text, RandomCorrelations::rules());
        ASSERT_TRUE(all.errors().empty()) << all.errors().front() << "\n" << text;
        const auto observations = random.observations(all, 120);
        const auto streamed = all.hits(observations);
        ASSERT_EQ(streamed, naive_hits(all, observations)) << "seed " << seed << "\n" << text;
        EXPECT_EQ(all.losses().all(), 0U);
        hits += streamed.size();
    }
    EXPECT_GT(hits, rounds * 10) << "hits are too seldom to say anything";
}

}  // namespace
}  // namespace shoji::sigma::testing
