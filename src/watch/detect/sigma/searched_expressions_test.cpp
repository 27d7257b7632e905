#include "watch/detect/sigma/searched_expressions.h"

#include "watch/detect/sigma/testing/one_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SearchedExpressions, AreAllWhileThatIsQuick) {
    double seconds = 1000;
    std::vector<Searchable> expressions;
    for (int i = 0; i < 40; ++i) expressions.push_back({"word" + std::to_string(i) + "x+", 20});
    auto found = search_for(expressions, seconds);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->searched.size(), 40U);
    EXPECT_THAT(found->left_out, IsEmpty());
    EXPECT_LT(seconds, 1000);
    ScanMemory memory;
    ASSERT_TRUE(found->matcher->prepare(memory));
    std::vector<std::uint32_t> numbers;
    found->matcher->scan("a word39xx", memory, numbers);
    EXPECT_THAT(numbers, ElementsAre(39));
}

TEST(SearchedExpressions, LargeOnesAreLeftOut) {
    double seconds = 1000;
    const auto found = search_for({{"a", 10'001}, {"b", 1}, {"c", 10'000}}, seconds);
    ASSERT_TRUE(found);
    EXPECT_THAT(found->searched, ElementsAre(1, 2));
    EXPECT_THAT(found->left_out, ElementsAre(0));
}

// Together these take minutes.
TEST(SearchedExpressions, WhatIsBeyondTheTimeIsLeftOut) {
    std::vector<Searchable> expressions;
    for (int i = 0; i < 500; ++i) {
        expressions.push_back({"(x|y" + std::to_string(i) + "){1,6}[\\w\\s]{1,6}z", 100});
    }
    double seconds = 0.05;
    const auto found = search_for(expressions, seconds);
    ASSERT_TRUE(found);
    EXPECT_LT(found->searched.size(), 500U);
    EXPECT_EQ(found->searched.size() + found->left_out.size(), 500U);
}

TEST(SearchedExpressions, NoneAreWhenNoTimeIsLeft) {
    double seconds = 0;
    const auto found = search_for({{"a", 1}}, seconds);
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->matcher);
    EXPECT_THAT(found->left_out, ElementsAre(0));
}

TEST(SearchedExpressions, ThoseLeftOutAreAskedAll) {
    testing::OneRule rule(
        "  s:\n    CommandLine|re: '(x|y){1,900}[\\w\\s]{1,900}z$'\n  condition: s\n");
    ASSERT_EQ(rule.error(), "");
    EXPECT_TRUE(rule.matches({{"CommandLine", "say xy abc z"}}));
    EXPECT_FALSE(rule.matches({{"CommandLine", "do abc z"}}));
    testing::OneRule keyword("  s:\n    '|re': '(x|y){1,900}[\\w\\s]{1,900}z$'\n  condition: s\n");
    ASSERT_EQ(keyword.error(), "");
    EXPECT_TRUE(keyword.matches({{"Any", "say xy abc z"}}));
    EXPECT_FALSE(keyword.matches({{"Any", "do abc z"}}));
}

}  // namespace
}  // namespace shoji::sigma
