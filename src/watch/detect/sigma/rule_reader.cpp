#include "watch/detect/sigma/rule_reader.h"

#include "watch/detect/sigma/condition.h"
#include "watch/detect/sigma/expression.h"

#include <algorithm>
#include <array>

namespace shoji::sigma {
namespace {

using base::ErrorKind;
using base::Result;

constexpr std::array<std::string_view, 5> levels{"informational", "low", "medium", "high",
                                                 "critical"};

std::vector<std::string> texts_of(const yaml::Node& document, std::string_view key) {
    std::vector<std::string> texts;
    const auto* member = document.find(key);
    if (member == nullptr) return texts;
    if (member->is_scalar() && !member->text.empty()) texts.push_back(member->text);
    for (const auto& item : member->items) texts.push_back(item.text);
    return texts;
}

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

Result<Rule> read_header(const yaml::Node& document) {
    Rule rule;
    rule.id = document.text_of("id");
    rule.title = document.text_of("title");
    rule.name = document.text_of("name");
    rule.status = document.text_of("status");
    rule.description = document.text_of("description");
    rule.author = document.text_of("author");
    rule.tags = texts_of(document, "tags");
    rule.false_positives = texts_of(document, "falsepositives");
    rule.references = texts_of(document, "references");
    if (rule.title.empty()) {
        return base::fail(ErrorKind::invalid, "line {}: the rule has no title", document.line);
    }
    const auto level = document.text_of("level");
    if (const auto known = level_of(level)) {
        rule.level = *known;
    } else if (!level.empty()) {
        return base::fail(ErrorKind::invalid, "line {}: '{}' is no level",
                          document.find("level")->line, level);
    }
    const auto* source = document.find("logsource");
    if (source == nullptr || source->kind != yaml::Kind::mapping) {
        return base::fail(ErrorKind::invalid, "line {}: the rule has no logsource", document.line);
    }
    rule.source = {std::string(source->text_of("product")),
                   std::string(source->text_of("category")),
                   std::string(source->text_of("service"))};
    return rule;
}

}  // namespace

std::string_view name_of(Level level) {
    return levels.at(static_cast<std::size_t>(level));
}

std::optional<Level> level_of(std::string_view name) {
    const auto* known = std::ranges::find(levels, name);
    if (known == levels.end()) return std::nullopt;
    return static_cast<Level>(known - levels.begin());
}

Result<std::vector<Rule>> read_rule(const yaml::Node& document, const Reading& reading) {
    if (document.kind != yaml::Kind::mapping) {
        return base::fail(ErrorKind::invalid, "line {}: not a rule", document.line);
    }
    auto rule = read_header(document);
    if (!rule) return base::Failure(rule.error());
    const auto* detection = document.find("detection");
    if (detection == nullptr || detection->kind != yaml::Kind::mapping) {
        return base::fail(ErrorKind::invalid, "line {}: the rule has no detection", document.line);
    }
    Searches searches;
    for (const auto& [name, node] : detection->members) {
        if (name == "condition" || name == "timeframe") continue;
        auto search = read_search(node, *rule, reading);
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
        rules.push_back(*rule);
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
