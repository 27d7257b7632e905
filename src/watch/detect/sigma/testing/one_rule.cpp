#include "watch/detect/sigma/testing/one_rule.h"

#include "watch/detect/sigma/naive.h"
#include "watch/detect/sigma/plan.h"

#include <gtest/gtest.h>

namespace shoji::sigma::testing {

OneRule::OneRule(std::string_view detection, Placeholders placeholders) {
    const auto text =
        "title: A test\nlogsource:\n  product: windows\ndetection:\n" + std::string(detection);
    auto rules = read_rules(text, {names_, placeholders});
    if (!rules) {
        error_ = rules.error().message;
        return;
    }
    rules_ = std::move(*rules);
}

bool OneRule::matches(const Fields& fields) {
    EXPECT_EQ(error_, "");
    if (!error_.empty()) return false;
    auto plan = Plan::compile(rules_, names_);
    EXPECT_TRUE(plan);
    auto matcher = Matcher::make(*plan, Matcher::Routing::all);
    event::Event event;
    for (const auto& [name, value] : fields) {
        event.add({names_.field(name), value ? event::Type::text : event::Type::null, name,
                   value ? std::string_view(*value) : std::string_view()});
    }
    bool plain = false;
    for (const auto& rule : rules_) plain = NaiveRule::compile(rule)->matches(event) || plain;
    EXPECT_EQ(!matcher->match(event).empty(), plain) << "the plan and the plain evaluator differ";
    return plain;
}

}  // namespace shoji::sigma::testing
