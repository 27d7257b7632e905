#include "watch/detect/sigma/naive.h"

#include "watch/detect/sigma/fold.h"

#include <algorithm>

namespace shoji::sigma {

base::Result<NaiveRule> NaiveRule::compile(const Rule& rule) {
    NaiveRule naive(rule);
    for (const auto& test : rule.tests) {
        auto& slot = naive.regexes_.emplace_back();
        if (test.operation != Operation::regex) continue;
        auto regex = Regex::compile(test.text);
        if (!regex) return base::Failure(regex.error());
        slot = std::move(*regex);
    }
    return naive;
}

bool NaiveRule::test_holds(std::uint32_t index, const event::Event& event) const {
    const Test& test = rule_->tests[index];
    if (!asks_one_value(test.operation)) return event_matches(test, event);
    const auto& regex = regexes_[index];
    return std::ranges::any_of(event.fields(), [&](const event::Field& field) {
        if (test.field != any_field && test.field != field.id) return false;
        return value_matches(test, field, fold(field.value), regex ? &*regex : nullptr);
    });
}

bool NaiveRule::holds(const Expression& expression, const event::Event& event) const {
    const auto child_holds = [&](const Expression& child) { return holds(child, event); };
    switch (expression.kind) {
        case Expression::Kind::all:
            return std::ranges::all_of(expression.children, child_holds);
        case Expression::Kind::any:
            return std::ranges::any_of(expression.children, child_holds);
        case Expression::Kind::negation:
            return !holds(expression.children.front(), event);
        default:
            return test_holds(expression.test, event);
    }
}

bool NaiveRule::matches(const event::Event& event) const {
    return holds(rule_->expression, event);
}

}  // namespace shoji::sigma
