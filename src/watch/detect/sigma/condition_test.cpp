#include "watch/detect/sigma/condition.h"

#include "watch/detect/sigma/testing/one_rule.h"

#include <gtest/gtest.h>

namespace shoji::sigma::testing {
namespace {

OneRule with(const std::string& condition) {
    return OneRule(
        "  sel_a: {A: x}\n  sel_b: {B: x}\n  other: {C: x}\n  _hidden: {D: x}\n  condition: " +
        condition + "\n");
}

bool holds(const std::string& condition, const std::string& true_fields) {
    Fields fields;
    for (const char field : std::string("ABCD")) {
        fields.emplace_back(std::string(1, field),
                            true_fields.find(field) == std::string::npos ? "-" : "x");
    }
    return with(condition).matches(fields);
}

TEST(Condition, NotBindsTighterThanAndTighterThanOr) {
    EXPECT_TRUE(holds("sel_a or sel_b and other", "A"));
    EXPECT_FALSE(holds("(sel_a or sel_b) and other", "A"));
    EXPECT_TRUE(holds("not sel_a and other", "C"));
    EXPECT_FALSE(holds("not (sel_a or other)", "C"));
    EXPECT_TRUE(holds("not not sel_a", "A"));
    EXPECT_TRUE(holds("sel_a AND NOT sel_b", "A"));
}

TEST(Condition, Quantities) {
    EXPECT_TRUE(holds("1 of sel_*", "B"));
    EXPECT_FALSE(holds("all of sel_*", "B"));
    EXPECT_TRUE(holds("all of sel_*", "AB"));
    EXPECT_TRUE(holds("any of them", "C"));
    EXPECT_FALSE(holds("1 of them", "D")) << "names that begin with _ are not of them";
    EXPECT_TRUE(holds("all of them", "ABC"));
    EXPECT_TRUE(holds("2 of them", "AC"));
    EXPECT_FALSE(holds("2 of them", "A"));
    EXPECT_TRUE(holds("1 of sel_* and not 1 of oth*", "A"));
}

TEST(Condition, SeveralAreSeveralRules) {
    OneRule rules("  a: {A: x}\n  b: {B: x}\n  condition:\n    - a\n    - b\n");
    EXPECT_TRUE(rules.matches({{"B", "x"}}));
    EXPECT_FALSE(rules.matches({{"C", "x"}}));
}

TEST(Condition, ErrorsSayWhatIsWrong) {
    EXPECT_NE(with("nobody").error().find("'nobody'"), std::string::npos);
    EXPECT_NE(with("sel_a and").error().find("too early"), std::string::npos);
    EXPECT_NE(with("(sel_a").error().find("too early"), std::string::npos);
    EXPECT_NE(with("sel_a sel_b").error().find("'sel_b'"), std::string::npos);
    EXPECT_NE(with("1 of none_*").error().find("'none_*'"), std::string::npos);
    EXPECT_NE(with("sel_a | count() > 5").error().find("correlation"), std::string::npos);
}

TEST(Condition, IsBounded) {
    const Searches searches{{"a", Expression{}}};
    EXPECT_FALSE(read_condition(std::string(1000, '(') + "a" + std::string(1000, ')'), searches));
    EXPECT_FALSE(read_condition(std::string(most_condition_bytes + 1, ' '), searches));
    Searches many;
    for (int i = 0; i < 100; ++i) many.emplace("a" + std::to_string(i), Expression{});
    EXPECT_FALSE(read_condition("50 of them", many));
}

}  // namespace
}  // namespace shoji::sigma::testing
