#include "watch/detect/sigma/rule_reader.h"

#include "watch/detect/sigma/condition.h"
#include "watch/detect/sigma/expression.h"

#include <algorithm>

namespace shoji::sigma {
namespace {

using base::ErrorKind;
using base::Result;

Result<Expression> read_map(const yaml::Node& node, Rule& rule, const Reading& reading) {
    std::vector<Expression> parts;
    for (const auto& [key, value] : node.members) {
        auto item = read_item(key, value, rule, reading);
        if (!item) return item;
        parts.push_back(std::move(*item));
    }
    return combined(Expression::Kind::all, std::move(parts));
}

// A search: a map is true when each of its items is, a list when one of its entries is.
Result<Expression> read_search(const yaml::Node& node, Rule& rule, const Reading& reading) {
    if (node.kind == yaml::Kind::mapping) return read_map(node, rule, reading);
    if (node.is_scalar()) return read_keyword(node, rule, reading);
    std::vector<Expression> parts;
    for (const auto& entry : node.items) {
        if (entry.kind == yaml::Kind::sequence) {
            return base::fail(ErrorKind::invalid, "line {}: a list in a list", entry.line);
        }
        auto part = entry.kind == yaml::Kind::mapping ? read_map(entry, rule, reading)
                                                      : read_keyword(entry, rule, reading);
        if (!part) return part;
        parts.push_back(std::move(*part));
    }
    return combined(Expression::Kind::any, std::move(parts));
}

Result<std::vector<std::string>> conditions_of(const yaml::Node& detection) {
    const auto* condition = detection.find("condition");
    if (condition == nullptr) {
        return base::fail(ErrorKind::invalid, "line {}: the detection has no condition",
                          detection.line);
    }
    return texts_of(detection, "condition");
}

}  // namespace

Result<std::vector<Rule>> read_rule(const yaml::Node& document, const Reading& reading) {
    if (document.kind != yaml::Kind::mapping) {
        return base::fail(ErrorKind::invalid, "line {}: not a rule", document.line);
    }
    auto heading = read_heading(document);
    if (!heading) return base::Failure(heading.error());
    auto source = read_source(document);
    if (!source) return base::Failure(source.error());
    Rule rule{std::move(*heading), std::move(*source), {}, {}, {}};
    const auto* detection = document.find("detection");
    if (detection == nullptr || detection->kind != yaml::Kind::mapping) {
        return base::fail(ErrorKind::invalid, "line {}: the rule has no detection", document.line);
    }
    Searches searches;
    for (const auto& [name, node] : detection->members) {
        if (name == "condition" || name == "timeframe") continue;
        auto search = read_search(node, rule, reading);
        if (!search) return base::Failure(std::move(search.error()).context(name));
        searches.emplace(name, std::move(*search));
    }
    const auto conditions = conditions_of(*detection);
    if (!conditions) return base::Failure(conditions.error());
    std::vector<Rule> rules;
    for (const auto& condition : *conditions) {
        auto expression = read_condition(condition, searches);
        if (!expression) {
            return base::fail(expression.error().kind, "line {}: {}",
                              detection->find("condition")->line, expression.error().message);
        }
        rules.push_back(rule);
        rules.back().expression = std::move(*expression);
    }
    return rules;
}

Result<std::vector<Rule>> read_rules(std::string_view text, const Reading& reading) {
    const auto documents = yaml::read(text);
    if (!documents) return base::Failure(documents.error());
    std::vector<Rule> all;
    for (const auto& document : *documents) {
        auto rules = read_rule(document, reading);
        if (!rules) return rules;
        std::ranges::move(*rules, std::back_inserter(all));
    }
    return all;
}

}  // namespace shoji::sigma
