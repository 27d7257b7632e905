#include "watch/detect/sigma/filter.h"

#include "watch/detect/sigma/naive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::sigma::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view rule_text = R"(title: R
id: 11111111-0000-4000-8000-000000000001
name: the_rule
logsource: {product: windows, category: process_creation}
detection:
  selection: {Image: x}
  other: {Image: y}
  condition: selection or other
)";

std::string filter_text(const std::string& rules, const std::string& rest) {
    return "title: F\nlogsource: {product: windows}\nfilter:\n  rules: " + rules + "\n" + rest;
}

class FilterTest : public ::testing::Test {
  protected:
    base::Result<Filter> read(const std::string& text) {
        const auto documents = yaml::read(text);
        EXPECT_TRUE(documents) << documents.error().message;
        EXPECT_TRUE(is_filter(documents->front()));
        return read_filter(documents->front(), {names_, {}});
    }
    std::string error_of(const std::string& text) {
        const auto filter = read(text);
        return filter ? "" : filter.error().message;
    }
    // The rule with the filter applied, asked about one event.
    bool matches(const std::string& filter, std::string_view image, std::string_view user) {
        const auto documents = yaml::read(rule_text);
        auto draft = read_draft(documents->front());
        EXPECT_TRUE(draft);
        const auto read_one = read(filter);
        EXPECT_TRUE(read_one) << read_one.error().message;
        if (read_one->is_for(*draft)) apply(*read_one, *draft);
        const auto rules = compile(*draft, {names_, {}});
        EXPECT_TRUE(rules) << rules.error().message;
        event::Event event;
        event.add({names_.field("Image"), event::Type::text, "Image", image});
        event.add({names_.field("User"), event::Type::text, "User", user});
        return NaiveRule::compile(rules->front())->matches(event);
    }

    event::Names names_;
};

const std::string no_admin = "  selection: {User|startswith: adm_}\n  condition: not selection\n";

TEST_F(FilterTest, ItsConditionMustHoldAsWell) {
    const auto filter = filter_text("[the_rule]", no_admin);
    EXPECT_TRUE(matches(filter, "x", "bob"));
    EXPECT_TRUE(matches(filter, "y", "bob"));
    EXPECT_FALSE(matches(filter, "y", "ADM_bob")) << "for both of the rule's alternatives";
    EXPECT_FALSE(matches(filter, "z", "bob"));
    const auto only =
        filter_text("[the_rule]", "  selection: {User|startswith: adm_}\n  condition: selection\n");
    EXPECT_TRUE(matches(only, "x", "adm_bob"));
    EXPECT_FALSE(matches(only, "x", "bob"));
}

TEST_F(FilterTest, ItsSearchesAreItsOwn) {
    const auto filter = filter_text(
        "[the_rule]", "  other: {User: a}\n  one: {User: b}\n  condition: not 1 of them\n");
    EXPECT_TRUE(matches(filter, "y", "c")) << "the rule's 'other' is another one";
    EXPECT_FALSE(matches(filter, "y", "b"));
}

TEST_F(FilterTest, IsForRulesByIdByNameOrForAny) {
    for (const auto* rules : {"[11111111-0000-4000-8000-000000000001]", "[nobody, the_rule]",
                              "the_rule", "any", "Any", "[]"}) {
        EXPECT_FALSE(matches(filter_text(rules, no_admin), "x", "adm_")) << rules;
    }
    EXPECT_TRUE(matches(filter_text("[nobody]", no_admin), "x", "adm_"));
}

TEST_F(FilterTest, ItsLogSourceMustContainTheRules) {
    const auto text = [](const std::string& source) {
        return "title: F\nlogsource: " + source + "\nfilter:\n  rules: any\n" + no_admin;
    };
    EXPECT_FALSE(matches(text("{category: process_creation}"), "x", "adm_"));
    EXPECT_TRUE(matches(text("{category: image_load}"), "x", "adm_"));
    EXPECT_TRUE(matches(text("{product: windows, service: sysmon}"), "x", "adm_"))
        << "the rule asks for no service";
}

TEST_F(FilterTest, NamesWhatIsWrong) {
    EXPECT_EQ(error_of(filter_text("any", no_admin)), "");
    EXPECT_THAT(error_of("title: F\nlogsource: {}\nfilter:\n  condition: x\n"),
                HasSubstr("which rules"));
    EXPECT_THAT(error_of("title: F\nlogsource: {}\nfilter: 7\n"), HasSubstr("empty"));
    EXPECT_THAT(error_of("title: F\nfilter: {}\n"), HasSubstr("logsource"));
    EXPECT_THAT(error_of(filter_text("{a: b}", no_admin)), HasSubstr("line 4"));
    EXPECT_THAT(error_of(filter_text("any", "  selection: {A: x}\n")), HasSubstr("no condition"));
    EXPECT_THAT(error_of(filter_text("any", "  s: {A: x}\n  condition: [s, s]\n")),
                HasSubstr("one condition"));
    EXPECT_THAT(error_of(filter_text("any", "  s: {A: x}\n  condition: t\n")), HasSubstr("'t'"));
    EXPECT_THAT(error_of(filter_text("any", "  s: {A|foo: x}\n  condition: s\n")),
                HasSubstr("'foo'"));
}

}  // namespace
}  // namespace shoji::sigma::testing
