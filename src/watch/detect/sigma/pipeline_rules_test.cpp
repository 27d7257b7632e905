#include "watch/detect/sigma/testing/piped_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::sigma::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string selection = "  s: {Image: x}\n  condition:\n    - s\n    - not s\n";

// Whether a condition on the rule holds; the rule asks for Image: x, is of Windows' processes, of
// level high and status test.
bool holds(const std::string& conditions, const std::string& before = "") {
    const PipedRule rule(
        before + "- {type: change_logsource, service: changed, " + conditions + "}\n", selection);
    EXPECT_EQ(rule.error(), "") << conditions;
    return rule.error().empty() && rule.rule().source.service == "changed";
}
bool one_holds(const std::string& condition, const std::string& before = "") {
    return holds("rule_conditions: [{" + condition + "}]", before);
}

TEST(PipelineRules, ConditionsOnRules) {
    EXPECT_TRUE(one_holds("type: logsource, product: windows"));
    EXPECT_FALSE(one_holds("type: logsource, product: windows, service: sysmon"));
    EXPECT_TRUE(one_holds("type: contains_detection_item, field: Image, value: x"));
    EXPECT_FALSE(one_holds("type: contains_detection_item, field: Image, value: y"));
    EXPECT_TRUE(one_holds("type: contains_field, field: Image"));
    EXPECT_TRUE(one_holds("type: is_sigma_rule"));
    EXPECT_FALSE(one_holds("type: is_sigma_correlation_rule"));
    EXPECT_TRUE(one_holds("type: tag, tag: attack.t1003"));
    EXPECT_FALSE(one_holds("type: tag, tag: attack.t1004"));
    const std::string set = "- {id: set, type: set_state, key: k, val: 5}\n";
    EXPECT_TRUE(one_holds("type: processing_state, key: k, val: 4, op: gt", set));
    EXPECT_FALSE(one_holds("type: processing_state, key: k, val: 4", set));
    EXPECT_FALSE(one_holds("type: processing_state, key: other, val: 5", set));
    EXPECT_TRUE(one_holds("type: processing_item_applied, processing_item_id: set", set));
    EXPECT_FALSE(one_holds("type: processing_item_applied, processing_item_id: other", set));
}

TEST(PipelineRules, ConditionsOnAttributes) {
    const std::string attribute = "type: rule_attribute, attribute: ";
    EXPECT_TRUE(one_holds(attribute + "title, value: A test"));
    EXPECT_FALSE(one_holds(attribute + "title, value: A test, op: ne"));
    EXPECT_TRUE(one_holds(attribute + "level, value: medium, op: gt"));
    EXPECT_FALSE(one_holds(attribute + "level, value: critical, op: gte"));
    EXPECT_TRUE(one_holds(attribute + "status, value: experimental, op: gte"));
    EXPECT_TRUE(one_holds(attribute + "tags, value: attack.t1003, op: in"));
    EXPECT_FALSE(one_holds(attribute + "tags, value: attack.t1003, op: not_in"));
    EXPECT_FALSE(one_holds(attribute + "nothing, value: 1"));
    EXPECT_TRUE(one_holds(attribute + "mine, value: 3, op: lt",
                          "- {type: set_custom_attribute, attribute: mine, value: 2}\n"));
    const PipedRule wrong("- {type: set_state, key: k, val: 1, rule_conditions: [{" + attribute +
                              "title, value: x, op: gt}]}\n",
                          selection);
    EXPECT_THAT(wrong.error(), HasSubstr("'gt' does not go with the text 'title'"));
}

TEST(PipelineRules, ConditionsAreJoined) {
    const std::string yes = "{type: is_sigma_rule}";
    const std::string no = "{type: is_sigma_correlation_rule}";
    EXPECT_FALSE(holds("rule_conditions: [" + yes + ", " + no + "]"));
    EXPECT_TRUE(holds("rule_cond_op: or, rule_conditions: [" + yes + ", " + no + "]"));
    EXPECT_TRUE(holds("rule_cond_not: true, rule_conditions: [" + no + "]"));
    const std::string named = "rule_conditions: {a: " + yes + ", b: " + no + "}, rule_cond_expr: ";
    EXPECT_TRUE(holds(named + "a and not b"));
    EXPECT_FALSE(holds(named + "not (a or b)"));
    EXPECT_TRUE(holds(named + "not (a or b), rule_cond_not: true"));
    const auto error = [&](const std::string& rest) {
        return PipedRule("- {type: set_state, key: k, val: v, " + rest + "}\n", selection).error();
    };
    EXPECT_THAT(error(named + "a"), HasSubstr("'b' is not used"));
    EXPECT_THAT(error(named + "a and b and c"), HasSubstr("'c'"));
    EXPECT_THAT(error(named + "a and b, rule_cond_op: or"), HasSubstr("do not go together"));
    EXPECT_THAT(error("rule_cond_expr: a, rule_conditions: [" + yes + "]"), HasSubstr("names"));
    EXPECT_THAT(error("rule_cond_op: xor"), HasSubstr("'and' or 'or'"));
}

TEST(PipelineRules, AddedConditionsMustHoldAsWell) {
    const PipedRule rule(
        "- {type: add_condition, conditions: {index: 'win-$category', n: [1, 2]}, template: true}\n"
        "- {type: add_condition, conditions: {User|startswith: adm_}, negated: true}\n",
        selection);
    EXPECT_TRUE(rule.matches({{"Image", "x"}, {"index", "win-process_creation"}, {"n", "2"}}));
    EXPECT_FALSE(rule.matches({{"Image", "x"}, {"n", "2"}}));
    EXPECT_FALSE(rule.matches(
        {{"Image", "x"}, {"index", "win-process_creation"}, {"n", "2"}, {"User", "adm_x"}}));
    EXPECT_FALSE(rule.matches({{"index", "win-process_creation"}, {"n", "2"}}));
}

TEST(PipelineRules, NestedItemsAreApplied) {
    const PipedRule rule(
        "- type: nest\n  rule_conditions: [{type: logsource, product: windows}]\n  items:\n"
        "    - {id: inner, type: field_name_prefix, prefix: a.}\n"
        "- type: field_name_prefix\n  prefix: b.\n  rule_conditions: [{type: "
        "processing_item_applied, processing_item_id: inner}]\n",
        selection);
    EXPECT_TRUE(rule.matches({{"b.a.Image", "x"}}));
}

TEST(PipelineRules, AFailureIsTheRules) {
    EXPECT_EQ(PipedRule("- {type: rule_failure, message: no such data}\n", selection).error(),
              "no such data");
}

TEST(PipelineRules, WhatIsNotKnownIsAnError) {
    const auto error = [](const std::string& transformation) {
        return PipedRule("- {" + transformation + "}\n", selection).error();
    };
    EXPECT_THAT(error("type: magic"), HasSubstr("line 2: the transformation 'magic': not known"));
    EXPECT_THAT(error("id: x"), HasSubstr("no type"));
    EXPECT_THAT(error("type: query_expression_placeholders, expression: x"),
                HasSubstr("'query_expression_placeholders': it means nothing here"));
    EXPECT_THAT(error("type: add_field, field: x"),
                HasSubstr("'add_field': it means nothing here: there is no output"));
    EXPECT_THAT(error("type: case, methode: lower"), HasSubstr("'case': there is no 'methode'"));
    EXPECT_THAT(error("type: field_name_prefix"), HasSubstr("needs 'prefix'"));
    EXPECT_THAT(error("type: field_name_mapping, mapping: {a: {b: c}}"), HasSubstr("'a'"));
    EXPECT_THAT(error("type: replace_string, regex: '(', replacement: x"), HasSubstr("compile"));
    EXPECT_THAT(error("type: replace_string, regex: 'a', replacement: '\\1'"), HasSubstr("wrong"));
    EXPECT_THAT(error("type: case, rule_conditions: [{type: weather}]"),
                HasSubstr("the condition 'weather': not known for rules"));
    EXPECT_THAT(error("type: case, detection_item_conditions: [{type: tag, tag: x}]"),
                HasSubstr("not known for items"));
    EXPECT_THAT(error("type: case, field_name_conditions: [{type: is_null, cond: any}]"),
                HasSubstr("not known for names"));
    EXPECT_THAT(error("type: case, detection_item_conditions: [{type: is_null, cond: some}]"),
                HasSubstr("'any' or 'all'"));
    EXPECT_THAT(error("type: rule_failure, message: m, field_name_conditions: [{type: "
                      "include_fields, fields: [a]}]"),
                HasSubstr("asks for no conditions of items"));
}

TEST(Pipeline, IsReadWithItsOwnMembers) {
    const auto pipeline = read_pipeline(
        "name: P\npriority: 10\nallowed_backends: [splunk]\nvars: {a: [1, b], c: d}\n"
        "transformations:\n- {type: set_custom_attribute, attribute: a, value: b}\n");
    ASSERT_TRUE(pipeline) << pipeline.error().message;
    EXPECT_EQ(pipeline->name, "P");
    EXPECT_EQ(pipeline->priority, 10);
    EXPECT_THAT(pipeline->vars.at("a"), ElementsAre("1", "b"));
    EXPECT_THAT(pipeline->vars.at("c"), ElementsAre("d"));
    EXPECT_THAT(pipeline->notices, ElementsAre("allowed_backends", "set_custom_attribute"));
}

TEST(Pipeline, WhatIsAboutQueriesIsAnError) {
    const auto error = [](const std::string& text) {
        const auto pipeline = read_pipeline(text);
        return pipeline ? "" : pipeline.error().message;
    };
    EXPECT_THAT(error("postprocessing:\n- type: embed\n  prefix: x\n"),
                HasSubstr("line 2: 'postprocessing' ('embed') means nothing here"));
    EXPECT_THAT(error("finalizers: [{type: concat}]\n"), HasSubstr("'finalizers' ('concat')"));
    EXPECT_EQ(error("finalizers: []\n"), "");
    EXPECT_THAT(error("steps: []\n"), HasSubstr("'steps'"));
    EXPECT_THAT(error("priority: first\n"), HasSubstr("'priority'"));
    EXPECT_THAT(error("vars: [a]\n"), HasSubstr("'vars'"));
    EXPECT_THAT(error("- a\n"), HasSubstr("one document"));
    EXPECT_THAT(error("transformations: {a: b}\n"), HasSubstr("list"));
}

TEST(Pipeline, DoesNotMakeARuleGrowWithoutEnd) {
    std::string fields;
    std::string values;
    for (int i = 0; i < 40; ++i) {
        fields += "- {type: field_name_mapping, mapping: {Image: [Image, Image]}}\n";
        values += "- {type: map_string, mapping: {x: [x, x]}}\n";
    }
    EXPECT_THAT(PipedRule(fields, selection).error(), HasSubstr("more than 100000 items"));
    EXPECT_THAT(PipedRule(values, selection).error(), HasSubstr("more than 100000 values"));
}

TEST(Pipeline, SeveralAreInTheOrderOfTheirPriority) {
    const auto prefix = [](const std::string& name, int priority) {
        return *read_pipeline("priority: " + std::to_string(priority) + "\nvars: {who: " + name +
                              "}\ntransformations: [{type: field_name_prefix, prefix: " + name +
                              ".}]\n");
    };
    std::vector<Pipeline> all;
    all.push_back(prefix("late", 20));
    all.push_back(prefix("early", 10));
    all.push_back(prefix("later", 20));
    const auto pipeline = joined(std::move(all));
    const auto documents = yaml::read("title: T\nlogsource: {}\ndetection:\n" + selection);
    auto draft = *read_draft(documents->front());
    ASSERT_TRUE(apply(pipeline, draft));
    EXPECT_EQ(draft.own.searches.at("s").parts.front().item.field, "later.late.early.Image");
    EXPECT_THAT(pipeline.vars.at("who"), ElementsAre("later"));
}

}  // namespace
}  // namespace shoji::sigma::testing
