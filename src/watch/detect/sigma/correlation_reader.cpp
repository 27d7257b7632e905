#include "watch/detect/sigma/condition.h"
#include "watch/detect/sigma/correlation_rule.h"
#include "watch/detect/sigma/fold.h"
#include "watch/detect/sigma/number.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace shoji::sigma {
namespace {

using base::Result;

constexpr std::array<std::string_view, 8> types{"event_count",      "value_count", "temporal",
                                                "temporal_ordered", "value_sum",   "value_avg",
                                                "value_percentile", "value_median"};
constexpr std::array<std::string_view, 6> comparisons{"lt", "lte", "gt", "gte", "eq", "neq"};

bool is_temporal(CorrelationType type) {
    return type == CorrelationType::temporal || type == CorrelationType::temporal_ordered;
}

Result<std::vector<std::string>> list_of(const yaml::Node& section, std::string_view key,
                                         std::size_t most) {
    std::vector<std::string> list;
    const auto* member = section.find(key);
    if (member == nullptr) return list;
    if (member->kind == yaml::Kind::mapping) {
        return wrong(*member, "'{}' needs a name or a list of names", key);
    }
    if (member->is_scalar()) {
        list.push_back(member->text);
    } else {
        for (const auto& item : member->items) {
            if (!item.is_scalar()) return wrong(item, "'{}' needs a list of names", key);
            list.push_back(item.text);
        }
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (list[i].empty()) return wrong(*member, "'{}' has an empty name", key);
        if (std::ranges::count(list, list[i]) > 1) {
            return wrong(*member, "'{}' names '{}' twice", key, list[i]);
        }
    }
    if (list.size() > most) return wrong(*member, "'{}' has more than {} names", key, most);
    return list;
}

Result<std::vector<FieldAlias>> aliases_of(const yaml::Node& section) {
    std::vector<FieldAlias> aliases;
    const auto* member = section.find("aliases");
    if (member == nullptr) return aliases;
    if (member->kind != yaml::Kind::mapping ||
        member->members.size() > CorrelationRule::most_fields) {
        return wrong(*member, "'aliases' needs names, {} at the most, each with a field a rule",
                     CorrelationRule::most_fields);
    }
    for (const auto& [name, fields] : member->members) {
        if (fields.kind != yaml::Kind::mapping ||
            fields.members.size() > CorrelationRule::most_rules) {
            return wrong(fields, "the alias '{}' needs a field for each rule", name);
        }
        auto& alias = aliases.emplace_back(FieldAlias{name, {}});
        for (const auto& [rule, field] : fields.members) {
            if (!field.is_scalar() || field.text.empty()) {
                return wrong(field, "the alias '{}' needs a field for each rule", name);
            }
            alias.fields.emplace_back(rule, field.text);
        }
    }
    return aliases;
}

// The names that an expression over rules has, in their order.
std::vector<std::string> names_in(std::string_view expression) {
    std::vector<std::string> names;
    while (true) {
        const auto start = expression.find_first_not_of(" \t\r\n()");
        if (start == std::string_view::npos) return names;
        expression.remove_prefix(start);
        const auto word = expression.substr(
            0, std::min(expression.find_first_of(" \t\r\n()"), expression.size()));
        expression.remove_prefix(word.size());
        const auto folded = fold(word);
        const bool joins = folded == "and" || folded == "or" || folded == "not";
        if (!joins && std::ranges::find(names, word) == names.end()) names.emplace_back(word);
    }
}

Result<void> read_expression(const yaml::Node& condition, CorrelationRule& rule) {
    if (rule.type != CorrelationType::temporal) {
        return wrong(condition, "an expression as condition goes with 'temporal' only");
    }
    const auto named = names_in(condition.text);
    if (rule.rules.empty()) rule.rules = named;
    if (rule.rules.size() > CorrelationRule::most_rules) {
        return wrong(condition, "more than {} rules", CorrelationRule::most_rules);
    }
    Searches searches;
    for (std::size_t i = 0; i < rule.rules.size(); ++i) {
        if (std::ranges::find(named, rule.rules[i]) == named.end()) {
            return wrong(condition, "the condition does not name '{}' of the rules", rule.rules[i]);
        }
        searches.emplace(rule.rules[i],
                         Expression{Expression::Kind::test, static_cast<std::uint32_t>(i), {}});
    }
    auto expression = read_condition(condition.text, searches);
    if (!expression) return base::inside(base::at_line(condition.line), expression.error());
    rule.expression = std::move(*expression);
    return {};
}

Result<void> read_bounds(const yaml::Node& condition, CorrelationRule& rule) {
    for (const auto& [key, value] : condition.members) {
        if (key == "field") continue;
        const bool percentile = key == "percentile";
        const auto* comparison = std::ranges::find(comparisons, key);
        if (comparison == comparisons.end() && !percentile) {
            return wrong(value, "the condition has '{}', which is not known", key);
        }
        const auto number = value.is_scalar() ? number_of(value.text) : std::nullopt;
        if (!number) return wrong(value, "'{}' needs a number", key);
        if (!percentile) {
            rule.bounds.push_back(
                {static_cast<Comparison>(comparison - comparisons.begin()), *number});
            continue;
        }
        if (rule.type != CorrelationType::value_percentile || *number < 0 || *number > 100) {
            return wrong(value, "'percentile' goes with 'value_percentile' and is from 0 to 100");
        }
        rule.percentile = *number;
    }
    auto fields = list_of(condition, "field", CorrelationRule::most_fields);
    if (!fields) return base::Failure(fields.error());
    rule.fields = std::move(*fields);
    return {};
}

Result<void> read_correlation_condition(const yaml::Node& section, CorrelationRule& rule) {
    const auto* condition = section.find("condition");
    if (condition != nullptr && condition->kind == yaml::Kind::text) {
        return read_expression(*condition, rule);
    }
    if (condition != nullptr) {
        if (condition->kind != yaml::Kind::mapping) {
            return wrong(*condition, "the condition needs one of lt, lte, gt, gte, eq, neq");
        }
        if (auto read = read_bounds(*condition, rule); !read) return read;
    }
    const bool of_values = !is_temporal(rule.type) && rule.type != CorrelationType::event_count;
    if (of_values && rule.fields.empty()) {
        return wrong(section, "'{}' needs a field in its condition", name_of(rule.type));
    }
    if (!of_values && !rule.fields.empty()) {
        return wrong(*condition, "'{}' has no use for a field", name_of(rule.type));
    }
    if (rule.fields.size() > 1 && rule.type != CorrelationType::value_count) {
        return wrong(*condition, "'{}' is of one field", name_of(rule.type));
    }
    if (!rule.bounds.empty()) return {};
    if (!is_temporal(rule.type)) {
        return wrong(section, "the condition needs one of lt, lte, gt, gte, eq, neq");
    }
    rule.bounds.push_back({Comparison::greater_equal, static_cast<double>(rule.rules.size())});
    return {};
}

Result<void> check_members(const yaml::Node& section) {
    constexpr std::array<std::string_view, 7> known{"type",     "rules",   "generate", "group-by",
                                                    "timespan", "aliases", "condition"};
    for (const auto& [key, value] : section.members) {
        if (std::ranges::find(known, key) == known.end()) {
            return wrong(value, "a correlation has no '{}'", key);
        }
    }
    return {};
}

Result<bool> generate_of(const yaml::Node& document, const yaml::Node& section) {
    const auto* generate = section.find("generate");
    if (generate == nullptr) generate = document.find("generate");
    if (generate == nullptr) return false;
    const auto wanted = yaml::boolean_of(*generate);
    if (!wanted) return wrong(*generate, "'generate' is true or false");
    return *wanted;
}

Result<void> check_size(const yaml::Node& section, const CorrelationRule& rule) {
    if (rule.type == CorrelationType::temporal_ordered &&
        rule.rules.size() > CorrelationRule::most_ordered_rules) {
        return wrong(section, "'temporal_ordered' is for {} rules at the most",
                     CorrelationRule::most_ordered_rules);
    }
    const bool counts =
        rule.type == CorrelationType::event_count || rule.type == CorrelationType::value_count;
    for (const auto& bound : rule.bounds) {
        if (counts && bound.number > CorrelationRule::most_events) {
            return wrong(section, "a correlation counts to {} at the most",
                         CorrelationRule::most_events);
        }
    }
    return {};
}

Result<void> read_section(const yaml::Node& document, const yaml::Node& section,
                          CorrelationRule& rule) {
    if (auto known = check_members(section); !known) return known;
    const auto type = section.text_of("type");
    const auto* found = std::ranges::find(types, type);
    if (found == types.end()) return wrong(section, "'{}' is no type of correlation", type);
    rule.type = static_cast<CorrelationType>(found - types.begin());
    auto rules = list_of(section, "rules", CorrelationRule::most_rules);
    if (!rules) return base::Failure(rules.error());
    rule.rules = std::move(*rules);
    const auto* named = section.find("rules");
    rule.line = named == nullptr ? section.line : named->line;
    auto group_by = list_of(section, "group-by", CorrelationRule::most_fields);
    if (!group_by) return base::Failure(group_by.error());
    rule.group_by = std::move(*group_by);
    auto aliases = aliases_of(section);
    if (!aliases) return base::Failure(aliases.error());
    rule.aliases = std::move(*aliases);
    const auto generate = generate_of(document, section);
    if (!generate) return base::Failure(generate.error());
    rule.generate = *generate;
    const auto span = read_timespan(section.text_of("timespan"));
    if (!span) {
        return wrong(section, "'{}' is no timespan: 30s, 5m, 2h, 7d or 1w, 31 days at the most",
                     section.text_of("timespan"));
    }
    rule.span = *span;
    if (auto read = read_correlation_condition(section, rule); !read) return read;
    if (rule.rules.empty()) return wrong(section, "the correlation refers to no rules");
    return check_size(section, rule);
}

}  // namespace

std::string_view name_of(CorrelationType type) {
    return types.at(static_cast<std::size_t>(type));
}

bool Bound::holds(double value) const {
    switch (comparison) {
        case Comparison::less:
            return value < number;
        case Comparison::less_equal:
            return value <= number;
        case Comparison::greater:
            return value > number;
        case Comparison::greater_equal:
            return value >= number;
        case Comparison::equal:
            return value == number;
        default:
            return value != number;
    }
}

std::optional<event::Time> read_timespan(std::string_view text) {
    constexpr event::Time second = 1'000'000'000;
    constexpr std::array<std::pair<char, event::Time>, 5> units{{{'s', second},
                                                                 {'m', 60 * second},
                                                                 {'h', 3600 * second},
                                                                 {'d', 86'400 * second},
                                                                 {'w', 604'800 * second}}};
    if (text.empty()) return std::nullopt;
    const auto* unit = std::ranges::find(units, text.back(), &std::pair<char, event::Time>::first);
    std::uint32_t count = 0;
    const auto* end = text.data() + text.size() - 1;
    const auto [at, error] = std::from_chars(text.data(), end, count);
    if (unit == units.end() || error != std::errc{} || at != end || count == 0 ||
        count > CorrelationRule::most_span / unit->second) {
        return std::nullopt;
    }
    return count * unit->second;
}

bool is_correlation(const yaml::Node& document) {
    return document.find("correlation") != nullptr;
}

Result<CorrelationRule> read_correlation(const yaml::Node& document) {
    auto heading = read_heading(document);
    if (!heading) return base::Failure(heading.error());
    CorrelationRule rule;
    static_cast<Heading&>(rule) = std::move(*heading);
    const auto* section = document.find("correlation");
    if (section == nullptr || section->kind != yaml::Kind::mapping) {
        return wrong(document, "the correlation is empty");
    }
    if (auto read = read_section(document, *section, rule); !read) {
        return base::Failure(read.error());
    }
    return rule;
}

}  // namespace shoji::sigma
