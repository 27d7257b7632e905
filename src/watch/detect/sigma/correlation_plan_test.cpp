#include "watch/detect/sigma/correlation_plan.h"

#include "watch/detect/sigma/testing/correlations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::sigma::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string temporal(const std::string& name, const std::string& rules) {
    return "---\ntitle: " + name + "\nname: " + name +
           "\ncorrelation: {type: temporal, timespan: 5m, group-by: [], rules: [" + rules + "]}\n";
}

TEST(CorrelationPlan, AsksInnerOnesFirstWhateverTheirOrder) {
    const Correlations all(temporal("outer", "inner, a") + temporal("inner", "a, b"), {"a", "b"});
    EXPECT_THAT(all.errors(), ElementsAre());
    ASSERT_EQ(all.plan().steps().size(), 2U);
    EXPECT_EQ(all.plan().steps()[0].rule.title, "inner");
    EXPECT_EQ(all.plan().steps()[0].given, 1U);
    EXPECT_TRUE(all.plan().steps()[0].quiet);
    EXPECT_FALSE(all.plan().steps()[1].quiet);
}

TEST(CorrelationPlan, NamesUnknownReferencesAndTheRestLoads) {
    const Correlations all(
        temporal("good", "a") + temporal("bad", "a, nobody") + temporal("worse", "bad"), {"a"});
    EXPECT_THAT(all.errors(),
                ElementsAre(StartsWith("bad: line 8: it refers to 'nobody'"),
                            StartsWith("worse: line 12: it refers to 'bad', which has an error")));
    ASSERT_EQ(all.plan().steps().size(), 1U);
    EXPECT_EQ(all.plan().steps()[0].rule.title, "good");
}

TEST(CorrelationPlan, NamesCircles) {
    const Correlations all(temporal("one", "two") + temporal("two", "three") +
                               temporal("three", "one") + temporal("self", "self") +
                               temporal("good", "a"),
                           {"a"});
    EXPECT_THAT(
        all.errors(),
        ElementsAre(
            HasSubstr("'two', which has an error"), HasSubstr("'three', which has an error"),
            HasSubstr("itself: 'one' → 'two' → 'three' → 'one'"),
            ::testing::MatchesRegex("self: line [0-9]+: it refers to itself: 'self' → 'self'")));
    EXPECT_EQ(all.plan().steps().size(), 1U);
}

TEST(CorrelationPlan, IsBoundedInDepth) {
    std::string inner_last;
    std::string inner_first;
    for (int i = 0; i < 40; ++i) {
        const auto one = temporal("c" + std::to_string(i), "c" + std::to_string(i + 1));
        inner_last += one;
        inner_first.insert(0, one);
    }
    for (const auto& text : {inner_last, inner_first}) {
        const Correlations all(text, {"c40"});
        EXPECT_EQ(all.plan().steps().size(), 33U) << "32 of them inside of the outermost one";
        ASSERT_EQ(all.errors().size(), 7U);
        EXPECT_THAT(all.errors(), ::testing::Contains(::testing::MatchesRegex(
                                      "c6: line [0-9]+: correlations of correlations.*")));
    }
}

TEST(CorrelationPlan, ANameOfSeveralIsAnError) {
    const Correlations all(temporal("a", "b") + temporal("c", "a"), {"a", "b"});
    EXPECT_THAT(all.errors(), ElementsAre(HasSubstr("'a', and several are called so")));
}

TEST(CorrelationPlan, ANameIsLookedForInItsOwnFileFirst) {
    std::vector<Heading> headings(3);
    for (auto& heading : headings) heading.name = "a";
    headings[2].title = "other";
    const auto documents = yaml::read(temporal("c", "a"));
    event::Names names;
    const auto compiled = [&](std::string_view second, std::string_view third) {
        std::vector<CorrelationPlan::Problem> problems;
        const std::vector<Referable> rules{
            {headings.data(), 0, "x"}, {&headings[1], 1, second}, {&headings[2], 2, third}};
        const auto plan = CorrelationPlan::compile({{*read_correlation(documents->front()), "x"}},
                                                   rules, names, problems);
        std::string all;
        for (std::uint32_t i = 0; i < 3; ++i) all += plan.uses_of(i).empty() ? '-' : '+';
        return problems.empty() ? all : problems.front().error.message;
    };
    EXPECT_EQ(compiled("y", "z"), "+--");
    EXPECT_EQ(compiled("x", "z"), "++-") << "one document with two conditions is two rules";
    EXPECT_THAT(compiled("y", "x"), HasSubstr("several"));
}

TEST(CorrelationPlan, AnAliasMustNameOneOfTheRules) {
    const std::string start =
        "title: T\ncorrelation:\n  type: temporal\n  rules: [a, b]\n"
        "  timespan: 5m\n  group-by: [ip]\n  aliases:\n    ip: ";
    EXPECT_THAT(Correlations(start + "{a: x, b: y}\n", {"a", "b", "c"}).errors(), ElementsAre());
    EXPECT_THAT(Correlations(start + "{a: x, c: y}\n", {"a", "b", "c"}).errors(),
                ElementsAre(HasSubstr("alias 'ip' names 'c'")));
}

TEST(CorrelationPlan, RulesAreQuietUnlessTheyAreGenerated) {
    const Correlations all(
        "title: Q\ncorrelation: {type: temporal, timespan: 5m, rules: [a]}\n---\n"
        "title: G\ncorrelation: {type: temporal, timespan: 5m, rules: [b], generate: true}\n",
        {"a", "b", "c"});
    EXPECT_TRUE(all.plan().is_quiet(0));
    EXPECT_FALSE(all.plan().is_quiet(1));
    EXPECT_FALSE(all.plan().is_quiet(2));
    EXPECT_TRUE(all.plan().observe({}, std::vector<std::uint32_t>{1}));
    EXPECT_FALSE(all.plan().observe({}, std::vector<std::uint32_t>{2}));
}

}  // namespace
}  // namespace shoji::sigma::testing
