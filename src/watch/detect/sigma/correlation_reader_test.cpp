#include "watch/detect/sigma/testing/correlations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::sigma::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr event::Time second = 1'000'000'000;

base::Result<CorrelationRule> read(const std::string& section) {
    const auto documents = yaml::read(
        "title: T\nid: i\nname: n\nlevel: high\ntags: [attack.t1110]\ncorrelation:\n" + section);
    EXPECT_TRUE(documents) << documents.error().message;
    return read_correlation(documents->front());
}

std::string error_of(const std::string& section) {
    const auto rule = read(section);
    return rule ? "" : rule.error().message;
}

TEST(CorrelationReader, ReadsAllThatARuleSays) {
    const auto rule = read(
        "  type: value_count\n  rules: [a, b]\n  generate: true\n  group-by: [Host, ip]\n"
        "  timespan: 90m\n  aliases:\n    ip: {a: src, b: dst}\n"
        "  condition: {field: [User, Domain], gt: 100, lte: 200}\n");
    ASSERT_TRUE(rule) << rule.error().message;
    EXPECT_EQ(rule->title, "T");
    EXPECT_EQ(rule->name, "n");
    EXPECT_EQ(rule->level, Level::high);
    EXPECT_THAT(rule->tags, ElementsAre("attack.t1110"));
    EXPECT_EQ(rule->type, CorrelationType::value_count);
    EXPECT_THAT(rule->rules, ElementsAre("a", "b"));
    EXPECT_TRUE(rule->generate);
    EXPECT_THAT(rule->group_by, ElementsAre("Host", "ip"));
    EXPECT_EQ(rule->span, 5400 * second);
    ASSERT_EQ(rule->aliases.size(), 1U);
    EXPECT_THAT(rule->aliases[0].fields, ElementsAre(std::pair("a", "src"), std::pair("b", "dst")));
    EXPECT_THAT(rule->fields, ElementsAre("User", "Domain"));
    EXPECT_THAT(rule->bounds,
                ElementsAre(Bound{Comparison::greater, 100}, Bound{Comparison::less_equal, 200}));
}

TEST(CorrelationReader, ATemporalOneAsksForAllItsRulesUnlessItSaysOtherwise) {
    EXPECT_THAT(read("  type: temporal\n  rules: [a, b]\n  timespan: 5m\n")->bounds,
                ElementsAre(Bound{Comparison::greater_equal, 2}));
    EXPECT_THAT(
        read("  type: temporal\n  rules: [a, b]\n  timespan: 5m\n  condition: {eq: 1}\n")->bounds,
        ElementsAre(Bound{Comparison::equal, 1}));
    const auto rule =
        read("  type: temporal\n  timespan: 5m\n  condition: a and (not b or c) and a\n");
    ASSERT_TRUE(rule) << rule.error().message;
    EXPECT_THAT(rule->rules, ElementsAre("a", "b", "c"));
    EXPECT_TRUE(rule->expression);
}

TEST(CorrelationReader, Timespans) {
    EXPECT_EQ(read_timespan("30s"), 30 * second);
    EXPECT_EQ(read_timespan("7d"), 7 * 86'400 * second);
    EXPECT_EQ(read_timespan("31d"), CorrelationRule::most_span);
    EXPECT_EQ(read_timespan("1w"), 7 * 86'400 * second);
    for (const auto* wrong :
         {"", "5", "m", "0m", "-5m", "1.5h", "5M", "32d", "99999999999d", "5 m"}) {
        EXPECT_EQ(read_timespan(wrong), std::nullopt) << wrong;
    }
}

TEST(CorrelationReader, NamesWhatIsWrong) {
    const std::string start = "  rules: [a]\n  timespan: 5m\n";
    EXPECT_THAT(error_of("  type: guess\n" + start), HasSubstr("'guess'"));
    EXPECT_THAT(error_of("  type: event_count\n" + start), HasSubstr("needs one of"));
    EXPECT_THAT(error_of("  type: event_count\n  condition: {gte: 1}\n  timespan: 5m\n"),
                HasSubstr("refers to no rules"));
    EXPECT_THAT(error_of("  type: event_count\n  rules: [a]\n  condition: {gte: 1}\n"),
                HasSubstr("timespan"));
    const auto count = [&](const std::string& condition) {
        return error_of("  type: event_count\n" + start + "  condition: " + condition + "\n");
    };
    EXPECT_EQ(count("{gte: 1}"), "");
    EXPECT_THAT(count("{gte: many}"), HasSubstr("line 10: 'gte' needs a number"));
    EXPECT_THAT(count("{atleast: 1}"), HasSubstr("'atleast'"));
    EXPECT_THAT(count("{gte: 1, field: a}"), HasSubstr("no use for a field"));
    EXPECT_THAT(count("{gte: 1, percentile: 5}"), HasSubstr("'percentile'"));
    EXPECT_THAT(count("{gte: 100001}"), HasSubstr("100000"));
    EXPECT_THAT(count("a and b"), HasSubstr("'temporal'"));
    EXPECT_THAT(error_of("  type: value_sum\n" + start + "  condition: {gte: 1}\n"),
                HasSubstr("needs a field"));
    EXPECT_THAT(error_of("  type: value_sum\n" + start + "  condition: {gte: 1, field: [a, b]}\n"),
                HasSubstr("one field"));
    EXPECT_THAT(error_of("  type: temporal\n  surprise: 1\n" + start), HasSubstr("'surprise'"));
    EXPECT_THAT(error_of("  type: temporal\n" + start + "  condition: b\n"), HasSubstr("'a'"));
    EXPECT_THAT(error_of("  type: temporal\n" + start + "  condition: a and b\n"),
                HasSubstr("'b'"));
    EXPECT_THAT(error_of("  type: temporal\n  rules: [a, a]\n  timespan: 5m\n"),
                HasSubstr("twice"));
    EXPECT_THAT(error_of("  type: temporal\n  generate: 7\n" + start), HasSubstr("'generate'"));
    EXPECT_THAT(error_of("  type: temporal\n  aliases: {x: a}\n" + start), HasSubstr("'x'"));
    std::string many;
    for (int i = 0; i < 17; ++i) many += "r" + std::to_string(i) + ", ";
    EXPECT_THAT(error_of("  type: temporal_ordered\n  rules: [" + many + "z]\n  timespan: 5m\n"),
                HasSubstr("16"));
}

}  // namespace
}  // namespace shoji::sigma::testing
