#include "watch/detect/sigma/testing/piped_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::sigma::testing {
namespace {

using ::testing::HasSubstr;

std::string one(const std::string& item) {
    return "  s: {" + item + "}\n  condition: s\n";
}

TEST(PipelineValues, AreReplacedByExpressions) {
    const PipedRule rule(
        "- {type: replace_string, regex: '^\\*\\\\(\\w+)', replacement: '/usr/bin/\\1'}\n",
        one("Image|endswith: '\\bash'"));
    EXPECT_TRUE(rule.matches({{"Image", "/usr/bin/bash"}}));
    EXPECT_FALSE(rule.matches({{"Image", "x/usr/bin/bash"}})) << "the wildcard is part of the text";
    const PipedRule named("- {type: replace_string, regex: '(?P<a>b+)', replacement: '<\\g<a>>'}\n",
                          one("F: 'abbc\\d'"));
    EXPECT_TRUE(named.matches({{"F", "a<bb>c\\d"}}));
    const PipedRule number("- {type: replace_string, regex: '1', replacement: '2'}\n",
                           one("F: 31"));
    EXPECT_TRUE(number.matches({{"F", "32"}}));
}

TEST(PipelineValues, ReplacementMayLeaveWildcardsAlone) {
    const std::string skip =
        "- {type: replace_string, regex: 'b', replacement: '*', skip_special: true";
    const auto detection = one("F|contains: 'abc'");
    EXPECT_TRUE(PipedRule(skip + "}\n", detection).matches({{"F", "-a*c-"}}));
    EXPECT_FALSE(PipedRule(skip + "}\n", detection).matches({{"F", "-axc-"}}));
    EXPECT_TRUE(
        PipedRule(skip + ", interpret_special: true}\n", detection).matches({{"F", "-axc-"}}));
}

TEST(PipelineValues, AreMapped) {
    const std::string map = "- {type: map_string, mapping: {low: '1', high: ['3', '4*']}}\n";
    const PipedRule rule(map, one("Level: [high, other]"));
    EXPECT_TRUE(rule.matches({{"Level", "45"}}));
    EXPECT_TRUE(rule.matches({{"Level", "other"}}));
    EXPECT_FALSE(rule.matches({{"Level", "high"}}));
    EXPECT_FALSE(PipedRule(map, one("Level|startswith: low")).matches({{"Level", "1"}}))
        << "the text is low*";
}

TEST(PipelineValues, AreSetAndConverted) {
    EXPECT_TRUE(
        PipedRule("- {type: set_value, value: x}\n", one("F|re: '[0-9]'")).matches({{"F", "X"}}));
    EXPECT_TRUE(PipedRule("- {type: set_value, value: null}\n", one("F: x")).matches({{"G", "1"}}));
    EXPECT_TRUE(PipedRule("- {type: set_value, value: 7, force_type: str}\n", one("F: x"))
                    .matches({{"F", "7"}}));
    EXPECT_THAT(PipedRule("- {type: set_value, value: x, force_type: num}\n", one("F: x")).error(),
                HasSubstr("'x' is no number"));
    EXPECT_TRUE(PipedRule("- {type: convert_type, target_type: str}\n", one("F: 12"))
                    .matches({{"F", "12"}}));
    EXPECT_THAT(PipedRule("- {type: convert_type, target_type: num}\n", one("F: [12, x]")).error(),
                HasSubstr("'x' is no number"));
}

TEST(PipelineValues, ChangeTheirCase) {
    const auto cased = [](const std::string& method, const std::string& value) {
        return PipedRule("- {type: case, method: " + method + "}\n", one("F|cased: ProcessÄ*"))
            .matches({{"F", value}});
    };
    EXPECT_TRUE(cased("lower", "processäX"));
    EXPECT_TRUE(cased("upper", "PROCESSÄx"));
    EXPECT_FALSE(cased("upper", "processä"));
    EXPECT_TRUE(PipedRule("- {type: case, method: snake_case}\n", one("F: ProcessIdX"))
                    .matches({{"F", "process_id_x"}}));
    EXPECT_THAT(PipedRule("- {type: case, method: title}\n", one("F: x")).error(),
                HasSubstr("'snake_case'"));
}

TEST(PipelineValues, PlaceholdersGetLists) {
    const std::string vars = "vars: {admins: [ada, 'b*'], one: x}\n";
    const PipedRule rule("- {type: value_placeholders}\n", one("U|expand: 'dom\\%admins%-%one%'"),
                         vars);
    EXPECT_TRUE(rule.matches({{"U", "dom\\ADA-x"}}));
    EXPECT_TRUE(rule.matches({{"U", "dom\\bob-x"}}));
    EXPECT_FALSE(rule.matches({{"U", "dom\\cid-x"}}));
    EXPECT_THAT(
        PipedRule("- {type: value_placeholders}\n", one("U|expand: '%nobody%'"), vars).error(),
        HasSubstr("'nobody'"));
    const PipedRule rest(
        "- {type: value_placeholders, include: [one]}\n- {type: wildcard_placeholders}\n",
        one("U|expand|contains: '%one%=%other%!'"), vars);
    EXPECT_TRUE(rest.matches({{"U", "-x=y!-"}}));
    EXPECT_FALSE(rest.matches({{"U", "-z=y!-"}}));
    const PipedRule unfilled("- {type: wildcard_placeholders, exclude: [other]}\n",
                             one("U|expand: '%other%'"));
    EXPECT_EQ(unfilled.rule().unfilled, std::vector<std::string>{"other"});
    EXPECT_TRUE(PipedRule("- {type: wildcard_placeholders}\n", one("U: '%literal%'"))
                    .matches({{"U", "%literal%"}}));
}

TEST(PipelineValues, ItemsAreDropped) {
    const std::string drop =
        "- type: drop_detection_item\n  field_name_conditions: [{type: include_fields, fields: "
        "[A]}]\n";
    EXPECT_TRUE(PipedRule(drop, one("A: x, B: y")).matches({{"B", "y"}}));
    const PipedRule rest(drop, "  a: {A: x}\n  b: {B: y}\n  condition: a and b\n");
    EXPECT_TRUE(rest.matches({{"B", "y"}}));
    EXPECT_FALSE(rest.matches({{"A", "x"}}));
    const PipedRule negated(drop, "  a: [{A: x}, {A: z}]\n  b: {B: y}\n  condition: b and not a\n");
    EXPECT_TRUE(negated.matches({{"A", "x"}, {"B", "y"}}));
    EXPECT_THAT(PipedRule(drop, one("A: x")).error(), HasSubstr("leaves nothing"));
}

TEST(PipelineValues, ConditionsOnItems) {
    const auto is_set = [](const std::string& condition, const std::string& item) {
        const PipedRule rule(
            "- {type: set_value, value: SET, detection_item_conditions: [" + condition + "]}\n",
            one(item));
        EXPECT_EQ(rule.error(), "");
        return rule.matches({{"F", "set"}});
    };
    const std::string text = "{type: match_string, cond: any, pattern: ";
    EXPECT_TRUE(is_set(text + "'a.c'}", "F: [x, abc]"));
    EXPECT_FALSE(is_set(text + "'b'}", "F: [x, abc]"));
    EXPECT_FALSE(is_set("{type: match_string, cond: all, pattern: 'a'}", "F: [x, abc]"));
    EXPECT_TRUE(is_set(text + "'a', negate: true}", "F: [x, abc]"));
    EXPECT_TRUE(is_set(text + "'\\*abc\\*'}", "F|contains: abc"));
    EXPECT_FALSE(is_set(text + "'.*'}", "F|re: abc"));
    EXPECT_TRUE(is_set("{type: is_null, cond: any}", "F: null"));
    EXPECT_FALSE(is_set("{type: is_null, cond: any}", "F: ''"));
    EXPECT_TRUE(is_set("{type: contains_wildcard, cond: any}", "F: 'a*'"));
    EXPECT_FALSE(is_set("{type: contains_wildcard, cond: any}", "F: 'a\\*'"));
    EXPECT_TRUE(is_set("{type: match_value, cond: any, value: 5}", "F: 5"));
    EXPECT_FALSE(is_set("{type: match_value, cond: any, value: 5}", "F: '5'"));
}

TEST(PipelineValues, AFailureNamesItsLine) {
    EXPECT_EQ(PipedRule("- {type: detection_item_failure, message: not this, "
                        "detection_item_conditions: [{type: is_null, cond: any}]}\n",
                        "  s:\n    A: x\n    B: null\n  condition: s\n")
                  .error(),
              "line 9: not this");
}

}  // namespace
}  // namespace shoji::sigma::testing
