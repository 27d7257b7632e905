#include "watch/detect/sigma/glob.h"

#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

TEST(Glob, KnowsItsShape) {
    const auto shape = [](std::string_view text) { return Glob::parse(text).shape(); };
    EXPECT_EQ(shape("a"), Glob::Shape::equal);
    EXPECT_EQ(shape(""), Glob::Shape::equal);
    EXPECT_EQ(shape("a*"), Glob::Shape::start);
    EXPECT_EQ(shape("*a"), Glob::Shape::end);
    EXPECT_EQ(shape("*a**"), Glob::Shape::inside);
    EXPECT_EQ(shape("**"), Glob::Shape::anything);
    EXPECT_EQ(shape("a*b"), Glob::Shape::general);
    EXPECT_EQ(shape("?"), Glob::Shape::general);
    EXPECT_EQ(shape("*?*"), Glob::Shape::general);
}

TEST(Glob, MatchesTheWholeText) {
    const auto matches = [](std::string_view glob, std::string_view text) {
        return Glob::parse(glob).matches(text);
    };
    EXPECT_TRUE(matches("*ab", "abab"));
    EXPECT_TRUE(matches("a*a", "aa"));
    EXPECT_FALSE(matches("a*a", "a")) << "one character is not both";
    EXPECT_TRUE(matches("*a?c*", "xxabcxx"));
    EXPECT_TRUE(matches("??", "障子"));
    EXPECT_FALSE(matches("??", "障"));
    EXPECT_TRUE(matches("*?", "障子"));
    EXPECT_TRUE(matches("?", "\xff")) << "a byte that is no UTF-8 is one character";
    EXPECT_TRUE(matches("a*b*c", "aXbXbXc"));
    EXPECT_FALSE(matches("a*b*c", "aXcXb"));
}

TEST(Glob, TakesNoMoreThanTheTextTimesThePattern) {
    std::string pattern;
    for (int i = 0; i < 30; ++i) pattern += "a*";
    const std::string text(100'000, 'a');
    EXPECT_TRUE(Glob::parse(pattern).matches(text));
    EXPECT_FALSE(Glob::parse(pattern + "b").matches(text));
}

}  // namespace
}  // namespace shoji::sigma
