#include "watch/detect/sigma/rule_reader.h"

#include "watch/detect/sigma/testing/one_rule.h"

#include <gtest/gtest.h>

namespace shoji::sigma::testing {
namespace {

std::string error_of(std::string_view text) {
    event::Names names;
    const auto rules = read_rules(text, {names, {}});
    return rules ? "" : rules.error().message;
}

TEST(RuleReader, ReadsWhatARuleSaysOfItself) {
    event::Names names;
    const auto rules = read_rules(R"(title: A title
id: 5b1a1b0e-0000-4000-8000-000000000001
status: test
level: high
tags: [attack.t1059.001]
falsepositives:
  - Administrators
logsource: {product: windows, category: process_creation}
detection:
  selection: {Image: x}
  condition: selection
)",
                                  {names, {}});
    ASSERT_TRUE(rules) << rules.error().message;
    const auto& rule = rules->front();
    EXPECT_EQ(rule.title, "A title");
    EXPECT_EQ(rule.level, Level::high);
    EXPECT_EQ(rule.tags, std::vector<std::string>{"attack.t1059.001"});
    EXPECT_EQ(rule.false_positives, std::vector<std::string>{"Administrators"});
    EXPECT_EQ(rule.source.product, "windows");
    EXPECT_EQ(rule.source.category, "process_creation");
    EXPECT_EQ(rule.source.service, "");
}

TEST(RuleReader, SearchesWithoutAnythingAreErrorsWithTheirLine) {
    for (const std::string search : {"{}", "[]"}) {
        EXPECT_NE(error_of("title: t\nlogsource: {product: x}\ndetection:\n  s: " + search +
                           "\n  condition: s\n")
                      .find("line 4: a search without anything"),
                  std::string::npos);
    }
}

TEST(RuleReader, SearchesAreMapsListsAndKeywords) {
    OneRule maps("  s:\n    - A: x\n      B: y\n    - C: z\n  condition: s\n");
    EXPECT_TRUE(maps.matches({{"C", "z"}}));
    EXPECT_FALSE(maps.matches({{"A", "x"}}));
    EXPECT_TRUE(maps.matches({{"A", "x"}, {"B", "y"}}));
    OneRule keywords("  keywords:\n    - 'evil*word'\n    - 42\n  condition: keywords\n");
    EXPECT_TRUE(keywords.matches({{"whatever", "an EVIL good word."}}));
    EXPECT_TRUE(keywords.matches({{"A", "-"}, {"B", "1425"}}));
    EXPECT_FALSE(keywords.matches({{"A", "word evil"}}));
    OneRule all("  keywords:\n    '|all': [one, two]\n  condition: keywords\n");
    EXPECT_TRUE(all.matches({{"A", "-one-"}, {"B", "-two-"}}));
    EXPECT_FALSE(all.matches({{"A", "-one-"}}));
}

TEST(RuleReader, NamesTheLineOfAnError) {
    EXPECT_EQ(error_of("title: [\n").substr(0, 7), "line 2:");
    EXPECT_NE(error_of("title: T\nlogsource: {}\ndetection:\n  s:\n    A|foo: x\n  condition: s\n")
                  .find("line 5"),
              std::string::npos);
    EXPECT_NE(error_of("title: T\nlogsource: {}\ndetection:\n  s: {A: x}\n").find("condition"),
              std::string::npos);
    EXPECT_NE(error_of("title: T\nlevel: awful\nlogsource: {}\n").find("'awful'"),
              std::string::npos);
    EXPECT_EQ(error_of("title: T\nlogsource: {}\ndetection:\n  s:\n    A|re: '('\n  condition: s\n")
                  .substr(0, 26),
              "s: line 5: the expression ");
    EXPECT_NE(error_of("id: 1\n").find("title"), std::string::npos);
    EXPECT_NE(error_of("- a\n"), "");
}

TEST(RuleReader, NothingBehindTheLastMarkIsNothing) {
    const std::string rule = "title: T\nlogsource: {}\ndetection:\n  s: {A: x}\n  condition: s\n";
    event::Names names;
    for (const auto* end : {"---\n", "---", "--- # the end\n", "...\n---\n...\n"}) {
        const auto rules = read_rules(rule + end, {names, {}});
        ASSERT_TRUE(rules) << end << ": " << rules.error().message;
        EXPECT_EQ(rules->size(), 1U) << end;
    }
    EXPECT_NE(error_of(rule + "---\n''\n"), "") << "a text is something";
}

TEST(RuleReader, ExistsTakesTheWordsOfYaml) {
    for (const auto* yes : {"true", "yes", "Yes", "on", "ON"}) {
        OneRule all(std::string("  s: {A|exists: ") + yes + "}\n  condition: s\n");
        EXPECT_TRUE(all.matches({{"A", "x"}})) << yes;
        EXPECT_FALSE(all.matches({{"B", "x"}})) << yes;
    }
    for (const auto* no : {"false", "no", "off"}) {
        OneRule all(std::string("  s: {A|exists: ") + no + "}\n  condition: s\n");
        EXPECT_FALSE(all.matches({{"A", "x"}})) << no;
        EXPECT_TRUE(all.matches({{"B", "x"}})) << no;
    }
    EXPECT_NE(error_of("title: T\nlogsource: {}\ndetection:\n  s: {A|exists: maybe}\n"
                       "  condition: s\n"),
              "");
    OneRule text("  s: {A: yes}\n  condition: s\n");
    EXPECT_TRUE(text.matches({{"A", "yes"}})) << "a text elsewhere";
}

TEST(RuleReader, AliasesCannotMakeATreeOfAnySize) {
    std::string text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
    for (char name = 'b'; name < 'k'; ++name) {
        const char before = static_cast<char>(name - 1);
        text += std::string(1, name) + ": &" + name + " [";
        for (int i = 0; i < 10; ++i) text += std::string("*") + before + (i < 9 ? "," : "]\n");
    }
    EXPECT_NE(error_of(text).find("more than"), std::string::npos);
    EXPECT_NE(error_of(std::string(1000, '[')), "");
}

}  // namespace
}  // namespace shoji::sigma::testing
