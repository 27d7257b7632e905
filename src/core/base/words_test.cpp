#include "core/base/result.h"

#include <gtest/gtest.h>

namespace shoji::base {
namespace {

TEST(Words, AreEnglishWithWhatTheyName) {
    const auto words = Words::of("'{}' is from {} to {}", "a {} b", 1, 2.5);
    EXPECT_EQ(words.english(), "'a {} b' is from 1 to 2.5");
    EXPECT_EQ(words.key(), "reason.x_is_from_x_to_x");
    EXPECT_EQ(Words::of("Not YAML: {}", "x").key(), "reason.not_yaml_x");
    EXPECT_EQ(Words::quoted("no such {}").english(), "no such {}");
    EXPECT_EQ(Words::quoted("x").key(), "reason.x");
}

TEST(Words, OfAnErrorSayWhereItIs) {
    auto failure = because(ErrorKind::invalid, "'{}' is no level", "loud");
    auto error = std::move(failure.value()).inside(at_line(7)).inside(Words::quoted("a.yml"));
    EXPECT_EQ(error.message, "a.yml: line 7: 'loud' is no level");
    ASSERT_EQ(error.words.size(), 3U);
    EXPECT_EQ(error.words[1], at_line(7));
    EXPECT_EQ(error.words[2].values, std::vector<std::string>{"loud"});
}

TEST(Words, OfAnErrorWithoutAnyAreWhatItSays) {
    auto error = std::move(fail(ErrorKind::corrupt, "torn").value()).inside(at_line(2));
    EXPECT_EQ(error.message, "line 2: torn");
    EXPECT_EQ(error.words, (std::vector{at_line(2), Words::quoted("torn")}));
}

TEST(Words, OfAnErrorGoWhereItIsToldOtherwise) {
    auto failure = because(ErrorKind::invalid, "no");
    EXPECT_TRUE(std::move(failure.value()).context("reading").words.empty());
}

}  // namespace
}  // namespace shoji::base
