// Correlation rules: how often, or in what company, other rules hold within a span of time, for
// each group of equal values. Source: Sigma specification 2.1, "Correlation Rules"; where it is
// silent (value_median, `percentile`, a condition that is an expression), pySigma's documentation.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/rule.h"
#include "watch/event/event.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shoji::sigma {

enum class CorrelationType : std::uint8_t {
    event_count,       // events in the span
    value_count,       // distinct values of a field, or of several together
    temporal,          // different rules within the span
    temporal_ordered,  // … in the order in which they are listed
    value_sum,         // of the numbers in a field
    value_avg,
    value_percentile,  // see CorrelationRule::percentile
    value_median,
};
std::string_view name_of(CorrelationType type);

enum class Comparison : std::uint8_t { less, less_equal, greater, greater_equal, equal, not_equal };

// "gte: 10" and the like; all that a rule has must hold.
struct Bound {
    Comparison comparison = Comparison::greater_equal;
    double number = 0;

    [[nodiscard]] bool holds(double value) const;
    bool operator==(const Bound&) const = default;
};

// A name in `group_by` that stands for another field in each rule's events.
struct FieldAlias {
    std::string name;
    std::vector<std::pair<std::string, std::string>> fields;  // a rule's name or id, and its field
};

struct CorrelationRule : Heading {
    static constexpr std::size_t most_rules = 64;
    static constexpr std::size_t most_ordered_rules = 16;  // of temporal_ordered
    static constexpr double most_events = 100'000;         // that a bound may count to
    static constexpr std::size_t most_fields = 32;  // of group_by, of aliases and of the condition
    static constexpr event::Time most_span = event::Time{31} * 86'400 * 1'000'000'000;

    std::size_t line = 0;  // in its file, of the rules that it refers to

    CorrelationType type = CorrelationType::event_count;
    std::vector<std::string> rules;     // names or ids, of rules or of correlation rules
    bool generate = false;              // the rules it refers to are hits themselves as well
    std::vector<std::string> group_by;  // fields, or aliases; none: one group
    std::vector<FieldAlias> aliases;
    event::Time span = 0;  // nanoseconds, from 1 second to most_span
    std::vector<Bound> bounds;
    // temporal: which rules must have occurred; its tests are places in `rules`. In place of
    // bounds.
    std::optional<Expression> expression;
    std::vector<std::string> fields;  // value_…: one; value_count: at least one
    // value_percentile: the percentile of the field's numbers that the bounds are for, from 0 to
    // 100, linear between the two numbers next to it. Without: how many percent of the events have
    // the value that the last one has, which is how the specification's example asks for what is
    // rare.
    std::optional<double> percentile;
};

bool is_correlation(const yaml::Node& document);
// Errors say the line where one is to blame.
base::Result<CorrelationRule> read_correlation(const yaml::Node& document);

// "30s", "5m", "2h", "7d", "1w" in nanoseconds; nothing when it is none of these, zero or too long.
std::optional<event::Time> read_timespan(std::string_view text);

}  // namespace shoji::sigma
