#include "watch/detect/sigma/testing/piped_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::sigma::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string selection = "  s: {Image|endswith: x.exe, User: [a, b]}\n  condition: s\n";
const std::string mapping = "- {type: field_name_mapping, mapping: {Image: exe}}\n";

TEST(PipelineFields, AreMappedAndKeepTheirModifiers) {
    const PipedRule rule(mapping, selection);
    EXPECT_TRUE(rule.matches({{"exe", "c:\\x.exe"}, {"User", "A"}}));
    EXPECT_FALSE(rule.matches({{"Image", "c:\\x.exe"}, {"User", "A"}}));
}

TEST(PipelineFields, OneNameForSeveralIsAnyOfThem) {
    const PipedRule rule("- {type: field_name_mapping, mapping: {Image: [exe, process.path]}}\n",
                         selection);
    EXPECT_TRUE(rule.matches({{"exe", "x.exe"}, {"User", "a"}}));
    EXPECT_TRUE(rule.matches({{"process.path", "x.exe"}, {"User", "a"}}));
    EXPECT_FALSE(rule.matches({{"exe", "x.exe"}}));
}

TEST(PipelineFields, KeywordsGetAFieldToBeIn) {
    const PipedRule rule("- {type: field_name_mapping, mapping: {null: message}}\n",
                         "  keywords: [evil, 42]\n  condition: keywords\n");
    EXPECT_TRUE(rule.matches({{"message", "most EVIL."}}));
    EXPECT_TRUE(rule.matches({{"message", "-1425-"}}));
    EXPECT_FALSE(rule.matches({{"other", "evil"}}));
}

TEST(PipelineFields, BeginningsAndAffixes) {
    EXPECT_TRUE(PipedRule("- {type: field_name_prefix_mapping, mapping: {Im: 'a.', U: [u., v.]}}\n",
                          selection)
                    .matches({{"a.age", "x.exe"}, {"v.ser", "b"}}));
    EXPECT_TRUE(PipedRule("- {type: field_name_prefix, prefix: win.}\n", selection)
                    .matches({{"win.Image", "x.exe"}, {"win.User", "b"}}));
    EXPECT_TRUE(PipedRule("- {type: field_name_suffix, suffix: .keyword}\n", selection)
                    .matches({{"Image.keyword", "x.exe"}, {"User.keyword", "b"}}));
}

TEST(PipelineFields, ReferencesToFieldsAreMappedToo) {
    const PipedRule rule(
        "- type: field_name_mapping\n  mapping: {A: a, B: b}\n  field_name_conditions: [{type: "
        "include_fields, fields: [B]}]\n",
        "  s: {A|fieldref: B}\n  condition: s\n");
    EXPECT_TRUE(rule.matches({{"A", "same"}, {"b", "same"}}));
    EXPECT_FALSE(rule.matches({{"a", "same"}, {"b", "same"}}));
}

TEST(PipelineFields, ConditionsOnNames) {
    const auto prefixed = [](const std::string& condition) {
        const PipedRule rule(
            "- {type: field_name_prefix, prefix: p., field_name_conditions: [" + condition + "]}\n",
            "  s: {Image: x, User: a}\n  condition: s\n");
        EXPECT_EQ(rule.error(), "");
        std::string names;
        for (const bool image : {false, true}) {
            for (const bool user : {false, true}) {
                if (rule.matches(
                        {{image ? "p.Image" : "Image", "x"}, {user ? "p.User" : "User", "a"}})) {
                    names += std::string(image ? "Image" : "") + (user ? "User" : "");
                }
            }
        }
        return names;
    };
    EXPECT_EQ(prefixed("{type: include_fields, fields: [Image]}"), "Image");
    EXPECT_EQ(prefixed("{type: exclude_fields, fields: [Image]}"), "User");
    EXPECT_EQ(prefixed("{type: include_fields, fields: ['U..r', Ima], mode: re}"), "ImageUser");
    EXPECT_EQ(prefixed("{type: exclude_fields, fields: ['mage'], mode: re}"), "ImageUser")
        << "expressions match from the beginning";
}

TEST(PipelineFields, WhatWasDoneBeforeCanBeAskedFor) {
    const std::string first = "- {id: first, type: field_name_mapping, mapping: {Image: exe}}\n";
    const PipedRule rest(
        first +
            "- type: field_name_prefix\n  prefix: p.\n  field_name_cond_not: true\n"
            "  field_name_conditions: [{type: processing_item_applied, processing_item_id: "
            "first}]\n",
        "  s: {Image: x, User: a}\n  condition: s\n");
    EXPECT_TRUE(rest.matches({{"exe", "x"}, {"p.User", "a"}}));
    const PipedRule same(
        first +
            "- type: field_name_prefix\n  prefix: p.\n  detection_item_conditions: [{type: "
            "processing_item_applied, processing_item_id: first}]\n",
        "  s: {Image: x, User: a}\n  condition: s\n");
    EXPECT_TRUE(same.matches({{"p.exe", "x"}, {"User", "a"}}));
}

TEST(PipelineFields, OfCorrelations) {
    const auto documents = yaml::read(
        "title: C\ncorrelation:\n  type: value_count\n  rules: [a, b]\n  timespan: 5m\n"
        "  group-by: [User, ip]\n  aliases: {ip: {a: Src, b: Dst}}\n"
        "  condition: {field: Host, gte: 3}\n");
    const auto piped = [&](const std::string& text) {
        auto rule = *read_correlation(documents->front());
        const auto pipeline = read_pipeline("transformations:\n" + text);
        EXPECT_TRUE(pipeline) << pipeline.error().message;
        const std::vector<RuleSource> sources{{"windows", "", "security"}};
        const auto applied = apply(*pipeline, rule, sources);
        if (!applied) rule.title = applied.error().message;
        return rule;
    };
    const auto mapped = piped(
        "- {type: field_name_mapping, mapping: {User: [u, v], Src: src, Host: host, ip: no}}\n");
    EXPECT_THAT(mapped.group_by, ElementsAre("u", "v", "ip"));
    EXPECT_THAT(mapped.fields, ElementsAre("host"));
    EXPECT_THAT(mapped.aliases[0].fields,
                ElementsAre(std::pair("a", "src"), std::pair("b", "Dst")));
    EXPECT_THAT(piped("- {type: field_name_mapping, mapping: {Host: [a, b]}}\n").title,
                HasSubstr("'Host' gets several names"));
    const std::string prefix = "- {type: field_name_prefix, prefix: p., rule_conditions: [";
    EXPECT_THAT(piped(prefix + "{type: is_sigma_rule}]}\n").fields, ElementsAre("Host"));
    EXPECT_THAT(piped(prefix + "{type: is_sigma_correlation_rule}]}\n").fields,
                ElementsAre("p.Host"));
    EXPECT_THAT(piped(prefix + "{type: logsource, service: security}]}\n").fields,
                ElementsAre("p.Host"));
    EXPECT_THAT(piped(prefix + "{type: logsource, service: sysmon}]}\n").fields,
                ElementsAre("Host"));
    EXPECT_THAT(piped("- {type: rule_failure, message: not these}\n").title, "not these");
}

TEST(PipelineFields, StrictMappingNamesWhatNoMappingNames) {
    EXPECT_THAT(PipedRule(mapping + "- {type: strict_field_mapping_failure}\n", selection).error(),
                HasSubstr("User"));
    EXPECT_EQ(PipedRule(mapping + "- {type: field_name_mapping, mapping: {User: u}}\n" +
                            "- {type: strict_field_mapping_failure}\n",
                        selection)
                  .error(),
              "");
}

}  // namespace
}  // namespace shoji::sigma::testing
