#include "watch/detect/sigma/correlator.h"

#include "watch/detect/sigma/observation_order.h"
#include "watch/detect/sigma/testing/correlations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::sigma::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string correlation(const std::string& title, const std::string& members) {
    return "---\ntitle: " + title + "\nname: " + title + "\ncorrelation: {timespan: 10s, " +
           members + "}\n";
}
const std::string by_user = "group-by: [User], ";

TEST(Correlator, CountsEventsOfAGroupInASlidingWindow) {
    Correlations all(
        correlation("C", by_user + "type: event_count, rules: [a], condition: {gte: 3}"), {"a"});
    const auto at = [&](double time, const char* user) {
        return all.at(time, {"a"}, {{"User", user}});
    };
    EXPECT_THAT(all.hits({at(8, "Ada"), at(9, "bob"), at(12, "ada"), at(18, "ADA"), at(18, "bob")}),
                ElementsAre("C@18 ADA"));
    EXPECT_THAT(all.hits({at(1, "ada"), at(2, "ada"), at(11.001, "ada")}), IsEmpty())
        << "one of them is older than ten seconds";
    EXPECT_THAT(all.hits({at(1, "ada"), at(2, "ada"), at(11, "ada")}), ElementsAre("C@11 ada"));
}

TEST(Correlator, ReportsOnceAndAgainAfterATimespan) {
    Correlations all(correlation("C", "type: event_count, rules: [a], condition: {gte: 2}"), {"a"});
    std::vector<Observation> observations;
    for (int second = 0; second < 25; ++second) observations.push_back(all.at(second, {"a"}));
    EXPECT_THAT(all.hits(observations), ElementsAre("C@1", "C@12", "C@23"));
    EXPECT_THAT(
        all.hits({all.at(0, {"a"}), all.at(1, {"a"}), all.at(11.5, {"a"}), all.at(12, {"a"})}),
        ElementsAre("C@1", "C@12"))
        << "it did not hold in between";
}

TEST(Correlator, AnEventOfTwoRulesIsOneEvent) {
    Correlations all(correlation("C", "type: event_count, rules: [a, b], condition: {gte: 2}"),
                     {"a", "b"});
    EXPECT_THAT(all.hits({all.at(0, {"a", "b"})}), IsEmpty());
    EXPECT_THAT(all.hits({all.at(0, {"a"}), all.at(1, {"b"})}), ElementsAre("C@1"));
}

TEST(Correlator, BoundsHoldTogether) {
    Correlations all(
        correlation("C", "type: event_count, rules: [a], condition: {gt: 1, lte: 3, neq: 2}"),
        {"a"});
    std::vector<Observation> observations;
    for (int i = 0; i < 6; ++i) observations.push_back(all.at(i, {"a"}));
    EXPECT_THAT(all.hits(observations), ElementsAre("C@2"));
}

TEST(Correlator, CountsDistinctValues) {
    Correlations all(
        correlation("C", "type: value_count, rules: [a], condition: {gte: 2, field: User}") +
            correlation("D",
                        "type: value_count, rules: [a], condition: {gte: 3, field: [User, Host]}"),
        {"a"});
    const auto at = [&](double time, const char* user, const char* host) {
        return all.at(time, {"a"}, {{"User", user}, {"Host", host}});
    };
    EXPECT_THAT(all.hits({at(0, "x", "1"), at(1, "X", "1"), at(2, "x", "2"), all.at(3, {"a"}),
                          at(4, "y", "2")}),
                ElementsAre("C@4", "D@4"));
}

TEST(Correlator, CompanyInAnyOrder) {
    Correlations all(correlation("C", by_user + "type: temporal, rules: [a, b]"), {"a", "b"});
    const auto at = [&](double time, const char* rule, const char* user) {
        return all.at(time, {rule}, {{"User", user}});
    };
    EXPECT_THAT(all.hits({at(0, "b", "x"), at(1, "a", "y"), at(2, "a", "x")}),
                ElementsAre("C@2 x"));
    EXPECT_THAT(all.hits({at(0, "b", "x"), at(11, "a", "x")}), IsEmpty());
}

TEST(Correlator, CompanyByAnExpression) {
    Correlations all(correlation("C", "type: temporal, condition: a and (b or c) and not d"),
                     {"a", "b", "c", "d"});
    EXPECT_THAT(all.hits({all.at(0, {"b"}), all.at(1, {"c"}), all.at(2, {"a"})}),
                ElementsAre("C@2"));
    EXPECT_THAT(all.hits({all.at(0, {"b"}), all.at(1, {"d"}), all.at(2, {"a"})}), IsEmpty());
    EXPECT_THAT(all.hits({all.at(0, {"d"}), all.at(9, {"b"}), all.at(11, {"a"})}),
                ElementsAre("C@11"));
}

TEST(Correlator, CompanyInOrder) {
    Correlations all(correlation("C", "type: temporal_ordered, rules: [a, b, c]"), {"a", "b", "c"});
    const auto hits = [&](const std::string& rules) {
        std::vector<Observation> observations;
        for (std::size_t i = 0; i < rules.size(); ++i) {
            observations.push_back(all.at(static_cast<double>(i), {rules.substr(i, 1)}));
        }
        return all.hits(observations);
    };
    EXPECT_THAT(hits("abc"), ElementsAre("C@2"));
    EXPECT_THAT(hits("aabbac"), ElementsAre("C@5"));
    EXPECT_THAT(hits("cba"), IsEmpty());
    EXPECT_THAT(hits("bca"), IsEmpty());
    EXPECT_THAT(hits("abaaaaaaaaac"), IsEmpty()) << "a before b is too old";
    EXPECT_THAT(all.hits({all.at(0, {"a", "b", "c"})}), IsEmpty()) << "one event is one step";
    EXPECT_THAT(all.hits({all.at(0, {"a", "b"}), all.at(0, {"b", "c"}), all.at(0, {"c"})}),
                ElementsAre("C@0"))
        << "at one time they stand in the order in which they came";
}

TEST(Correlator, NumbersOfAField) {
    Correlations all(
        correlation("sum", "type: value_sum, rules: [a], condition: {field: N, gt: 100}") +
            correlation("avg", "type: value_avg, rules: [a], condition: {field: N, gte: 40}") +
            correlation("median", "type: value_median, rules: [a], condition: {field: N, eq: 30}") +
            correlation("p90",
                        "type: value_percentile, rules: [a], condition: {field: N, "
                        "percentile: 90, gt: 50}"),
        {"a"});
    const auto at = [&](double time, const char* number) {
        return all.at(time, {"a"}, {{"N", number}});
    };
    EXPECT_THAT(all.hits({at(0, "20"), at(1, "many"), at(2, "0x14"), at(3, "40"), at(4, "30.5")}),
                ElementsAre("sum@4"));
    EXPECT_THAT(all.hits({at(0, "20"), at(1, "40"), at(2, "90")}),
                ElementsAre("median@1", "sum@2", "avg@2", "p90@2"));
    EXPECT_THAT(all.hits({at(0, "1e300"), at(11, "1"), at(12, "99.5")}),
                ElementsAre("sum@0", "avg@0", "p90@0", "sum@12", "avg@12", "p90@12"))
        << "what is gone leaves nothing behind";
}

TEST(Correlator, APercentileWithoutANumberAsksForWhatIsRare) {
    Correlations all(
        correlation("C", "type: value_percentile, rules: [a], condition: {field: Image, lte: 20}"),
        {"a"});
    std::vector<Observation> observations;
    for (int i = 0; i < 6; ++i) {
        observations.push_back(all.at(i, {"a"}, {{"Image", i == 4 ? "rare" : "usual"}}));
    }
    EXPECT_THAT(all.hits(observations), ElementsAre("C@4"));
}

TEST(Correlator, AliasesNameAnotherFieldInEachRule) {
    Correlations all(
        correlation("C",
                    "type: temporal, rules: [a, b], group-by: [internal, remote], aliases: "
                    "{internal: {a: dst, b: src}, remote: {a: src, b: dst}}"),
        {"a", "b"});
    const auto at = [&](double time, const char* rule, const char* src, const char* dst) {
        return all.at(time, {rule}, {{"src", src}, {"dst", dst}});
    };
    EXPECT_THAT(all.hits({at(0, "a", "r", "i"), at(1, "b", "i", "r")}), ElementsAre("C@1 i r"));
    EXPECT_THAT(all.hits({at(0, "a", "r", "i"), at(1, "b", "r", "i")}), IsEmpty());
}

TEST(Correlator, CorrelationsOfCorrelations) {
    Correlations all(
        correlation("breach", by_user + "type: temporal_ordered, rules: [many, success]") +
            correlation("many",
                        "group-by: [Host], type: event_count, rules: [failed], "
                        "condition: {gte: 2}"),
        {"failed", "success"});
    const auto at = [&](double time, const char* rule, const char* user) {
        return all.at(time, {rule}, {{"User", user}, {"Host", "h"}});
    };
    EXPECT_THAT(all.hits({at(0, "failed", "x"), at(1, "failed", "y"), at(2, "success", "x"),
                          at(3, "success", "y")}),
                ElementsAre("many@1 h", "breach@3 y"))
        << "the user is the one of the event that made it many";
    std::vector<Observation> long_attack;
    for (int i = 0; i < 100; ++i) long_attack.push_back(at(i, "failed", "x"));
    long_attack.push_back(at(100, "success", "x"));
    EXPECT_EQ(all.hits(long_attack).back(), "breach@100 x") << "many goes on to the end";
}

TEST(Correlator, AnInnerGroupsValueGoesByItsNameOutside) {
    Correlations all(
        correlation("outer",
                    "group-by: [who], type: temporal, rules: [inner, b], aliases: {who: "
                    "{b: Account}}") +
            correlation("inner",
                        "group-by: [who], type: event_count, rules: [a], condition: {gte: "
                        "1}, aliases: {who: {a: User}}"),
        {"a", "b"});
    EXPECT_THAT(all.hits({all.at(0, {"a"}, {{"User", "x"}}), all.at(1, {"b"}, {{"Account", "x"}})}),
                ElementsAre("inner@0 x", "outer@1 x"));
}

TEST(Correlator, EventsWithoutAGroupAreNone) {
    Correlations all(
        correlation("C", by_user + "type: event_count, rules: [a], condition: {gte: 2}"), {"a"});
    EXPECT_THAT(all.hits({all.at(0, {"a"}), all.at(1, {"a"}), all.at(2, {"a"}, {{"User", {}}})}),
                IsEmpty());
}

TEST(Correlator, LeavesOutWhatIsLateOrHasNoTimeAndCountsIt) {
    Correlations all(correlation("C", "type: event_count, rules: [a], condition: {gte: 3}"), {"a"});
    auto untimed = all.at(0, {"a"});
    untimed.time = 0;
    EXPECT_THAT(all.hits({all.at(5, {"a"}), all.at(4, {"a"}), untimed, all.at(5, {"a"})}),
                IsEmpty());
    EXPECT_EQ(all.losses(), (CorrelationLosses{0, 0, 1, 1}));
}

TEST(Correlator, AnOrderIsMadeOfWhatIsALittleLate) {
    Correlations all(correlation("C", "type: temporal_ordered, rules: [a, b]"), {"a", "b"});
    ObservationOrder order(5'000'000'000, 3);
    std::vector<Observation> ready;
    order.add(all.at(3, {"b"}), ready);
    order.add(all.at(1, {"a"}), ready);
    EXPECT_THAT(ready, IsEmpty());
    order.add(all.at(7, {"a"}), ready);
    EXPECT_EQ(ready.size(), 1U);
    order.finish(ready);
    EXPECT_THAT(all.hits(ready), ElementsAre("C@3"));
    ready.clear();
    for (int i = 0; i < 10; ++i) {
        order.add(all.at(10, {"a"}), ready);
        EXPECT_LE(order.held(), 3U);
    }
    EXPECT_EQ(ready.size(), 7U);
}

TEST(Correlator, KeepsToItsLimitsAndTellsWhatItDropped) {
    Correlations all(
        correlation("C", by_user + "type: event_count, rules: [a], condition: {gte: 2}"), {"a"});
    std::vector<Observation> flood{all.at(0, {"a"}, {{"User", "victim"}})};
    for (int i = 0; i < 100; ++i) {
        flood.push_back(all.at(1, {"a"}, {{"User", "u" + std::to_string(i)}}));
    }
    flood.push_back(all.at(2, {"a"}, {{"User", "victim"}}));
    EXPECT_THAT(all.hits(flood), ElementsAre("C@2 victim"));
    EXPECT_EQ(all.losses().all(), 0U);
    EXPECT_THAT(all.hits(flood, {50, 100, 1 << 20}), IsEmpty());
    EXPECT_EQ(all.losses().groups, 52U) << "of 102 arrivals 50 groups are left";
    EXPECT_THAT(all.hits(flood, {1000, 100, 8000}), IsEmpty());
    EXPECT_GT(all.losses().groups, 50U);
    EXPECT_THAT(all.hits(flood, {1000, 1, 1 << 20}), IsEmpty());
    EXPECT_EQ(all.losses().events, 1U);
    flood.push_back(all.at(100, {"a"}, {{"User", "later"}}));
    EXPECT_THAT(all.hits(flood, {102, 100, 1 << 20}), ElementsAre("C@2 victim"));
    EXPECT_EQ(all.losses().all(), 0U) << "what is over is no loss";
}

TEST(Correlator, TheOneThatNeedsMostPaysForIt) {
    Correlations all(
        correlation("loud", by_user + "type: event_count, rules: [a], condition: {gte: 2}") +
            correlation("still", by_user + "type: temporal_ordered, rules: [b, c]"),
        {"a", "b", "c"});
    std::vector<Observation> flood{all.at(0, {"b"}, {{"User", "victim"}})};
    for (int i = 0; i < 1000; ++i) {
        flood.push_back(all.at(1, {"a"}, {{"User", "u" + std::to_string(i)}}));
    }
    flood.push_back(all.at(2, {"c"}, {{"User", "victim"}}));
    EXPECT_THAT(all.hits(flood, {65'536, 100, 16'000}), ElementsAre("still@2 victim"));
    EXPECT_GT(all.losses().groups, 900U);
}

}  // namespace
}  // namespace shoji::sigma::testing
