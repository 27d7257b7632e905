// When a pipeline's item applies: its conditions on the rule, on items of the detection and on
// names of fields.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/correlation_rule.h"
#include "watch/detect/sigma/draft.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

using Vars = std::map<std::string, std::vector<std::string>, std::less<>>;

// What is known while a pipeline is applied to one rule or correlation: one of the two.
struct Application {
    const RuleDraft* rule = nullptr;
    const CorrelationRule* correlation = nullptr;
    std::span<const RuleSource> referenced;  // a correlation's rules'

    const Vars* vars = nullptr;
    std::map<std::string, yaml::Node, std::less<>> state;
    std::set<std::string> applied;  // the items that were
    // What was done to names outside of items: the items that did it.
    std::map<std::string, std::set<std::string>, std::less<>> field_processed;
    std::set<std::string, std::less<>> mapped;  // names before and after a mapping
    // The first error of a condition; the answer does not count then.
    std::optional<base::Words> failure;
};

struct FieldSubject {
    std::string_view name;
    const DetectionItem* item = nullptr;  // whose field it is, if any
};

template <class Subject>
struct Checks {
    using Check = std::function<bool(const Subject&, Application&)>;

    std::vector<Check> checks;
    std::optional<Expression> expression;  // its tests are places in `checks`
    bool any = false;
    bool negated = false;

    // `holds` is asked about single checks. True when there are none.
    template <class Holds>
    bool hold(Holds&& holds) const {
        if (checks.empty()) return true;
        if (expression) return answer(*expression, holds) != negated;
        bool answer = !any;
        for (const auto& check : checks)
            answer = any ? answer || holds(check) : answer && holds(check);
        return answer != negated;
    }
    bool hold(const Subject& subject, Application& application) const {
        return hold([&](const Check& check) { return check(subject, application); });
    }

  private:
    template <class Holds>
    bool answer(const Expression& one, Holds& holds) const {
        switch (one.kind) {
            case Expression::Kind::test:
                return holds(checks[one.test]);
            case Expression::Kind::negation:
                return !answer(one.children.front(), holds);
            default:
                break;
        }
        const bool all = one.kind == Expression::Kind::all;
        for (const auto& child : one.children) {
            if (answer(child, holds) != all) return !all;
        }
        return all;
    }
};

struct RuleSubject {};  // the application's rule or correlation
using RuleChecks = Checks<RuleSubject>;
using ItemChecks = Checks<DetectionItem>;
using FieldChecks = Checks<FieldSubject>;

// The conditions of one item: its members rule_conditions, rule_cond_op, rule_cond_not,
// rule_cond_expr, and the same of detection_item_… and field_name_….
struct AllChecks {
    RuleChecks rule;
    ItemChecks item;
    FieldChecks field;
};
base::Result<AllChecks> read_checks(const yaml::Node& item);
// The members that read_checks reads.
bool is_of_checks(std::string_view member);

}  // namespace shoji::sigma
