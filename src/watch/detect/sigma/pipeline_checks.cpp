#include "watch/detect/sigma/pipeline_checks.h"

#include "watch/detect/sigma/condition.h"
#include "watch/detect/sigma/fold.h"
#include "watch/detect/sigma/item_checks.h"
#include "watch/detect/sigma/rule_checks.h"

#include <algorithm>
#include <array>

namespace shoji::sigma {
namespace {

using base::Result;

// What the members of one kind of conditions are called.
struct Members {
    std::string_view conditions;
    std::string_view joined_by;
    std::string_view negated;
    std::string_view expression;
};
constexpr Members of_rule{"rule_conditions", "rule_cond_op", "rule_cond_not", "rule_cond_expr"};
constexpr Members of_item{"detection_item_conditions", "detection_item_cond_op",
                          "detection_item_cond_not", "detection_item_cond_expr"};
constexpr Members of_field{"field_name_conditions", "field_name_cond_op", "field_name_cond_not",
                           "field_name_cond_expr"};
constexpr std::array all_members{of_rule, of_item, of_field};

template <class Subject>
Result<void> read_expression(const yaml::Node& item, const Members& members,
                             const std::vector<std::string>& names, Checks<Subject>& checks) {
    const auto* expression = item.find(members.expression);
    if (expression == nullptr) return {};
    if (item.find(members.joined_by) != nullptr) {
        return wrong(*expression, "'{}' and '{}' do not go together", members.expression,
                     members.joined_by);
    }
    if (names.empty()) {
        return wrong(*expression, "'{}' needs conditions with names", members.expression);
    }
    Searches searches;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const bool named = (" " + expression->text + " ").find(names[i]) != std::string::npos;
        if (!named) return wrong(*expression, "the condition '{}' is not used", names[i]);
        searches.emplace(names[i],
                         Expression{Expression::Kind::test, static_cast<std::uint32_t>(i), {}});
    }
    auto read = read_condition(expression->text, searches);
    if (!read) return base::inside(base::at_line(expression->line), read.error());
    checks.expression = std::move(*read);
    return {};
}

template <class Subject, class ReadOne>
Result<void> read_kind(const yaml::Node& item, const Members& members, const ReadOne& read_one,
                       Checks<Subject>& checks) {
    const auto* conditions = item.find(members.conditions);
    std::vector<std::string> names;  // where they have some
    const auto add = [&](const yaml::Node& node) -> Result<void> {
        const std::string type(node.text_of("type"));
        if (type.empty()) return wrong(node, "a condition has no type");
        Parameters parameters(node, base::Words::of("the condition '{}'", type));
        parameters.find("type");
        auto check = read_one(type, parameters);
        if (!check) return base::Failure(check.error());
        if (auto finished = parameters.finish(); !finished) return finished;
        checks.checks.push_back(std::move(*check));
        return {};
    };
    if (conditions != nullptr) {
        if (conditions->is_scalar()) {
            return wrong(*conditions, "'{}' needs a list of conditions", members.conditions);
        }
        for (const auto& node : conditions->items) {
            if (auto added = add(node); !added) return added;
        }
        for (const auto& [name, node] : conditions->members) {
            names.push_back(name);
            if (auto added = add(node); !added) return added;
        }
    }
    Parameters parameters(item, base::Words::of("the item"));
    const auto negated = parameters.flag(members.negated, false);
    if (!negated) return base::Failure(negated.error());
    checks.negated = *negated;
    const auto joined_by = item.text_of(members.joined_by);
    if (!joined_by.empty() && joined_by != "and" && joined_by != "or") {
        return wrong(*item.find(members.joined_by), "'{}' is 'and' or 'or'", members.joined_by);
    }
    checks.any = joined_by == "or";
    return read_expression(item, members, names, checks);
}

}  // namespace

bool is_of_checks(std::string_view member) {
    return std::ranges::any_of(all_members, [&](const Members& members) {
        return member == members.conditions || member == members.joined_by ||
               member == members.negated || member == members.expression;
    });
}

Result<AllChecks> read_checks(const yaml::Node& item) {
    AllChecks all;
    if (auto read = read_kind(item, of_rule, read_rule_check, all.rule); !read) {
        return base::Failure(read.error());
    }
    if (auto read = read_kind(item, of_item, read_item_check, all.item); !read) {
        return base::Failure(read.error());
    }
    if (auto read = read_kind(item, of_field, read_field_check, all.field); !read) {
        return base::Failure(read.error());
    }
    return all;
}

}  // namespace shoji::sigma
