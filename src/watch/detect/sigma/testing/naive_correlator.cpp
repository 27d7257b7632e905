#include "watch/detect/sigma/testing/naive_correlator.h"

#include "watch/detect/sigma/fold.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace shoji::sigma::testing {
namespace {

using Values = std::vector<std::string>;

std::optional<Values> values_at(const std::vector<CorrelationPlan::Source>& sources,
                                const Observation& observation, const Values& inner) {
    Values values;
    for (const auto& source : sources) {
        if (source.inner) {
            values.push_back(inner[source.place]);
            continue;
        }
        const auto* value = observation.find(source.place);
        if (value == nullptr) return std::nullopt;
        values.push_back(value->shown);
    }
    return values;
}

std::string joined(const Values& values) {
    std::string all;
    for (const auto& value : values) all += fold(value) + '\x1f';
    return all;
}

template <class Seen>
double percentile_of(const std::vector<Seen>& window, double percentile) {
    std::vector<double> numbers;
    for (const auto& seen : window) numbers.push_back(seen.number);
    std::ranges::sort(numbers);
    const double rank = percentile / 100 * static_cast<double>(numbers.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(rank));
    if (below + 1 == numbers.size()) return numbers[below];
    return numbers[below] + (rank - std::floor(rank)) * (numbers[below + 1] - numbers[below]);
}

// The longest way through the window that takes rules in their order, each from an event of its
// own: every way is tried.
template <class Seen>
int longest_chain(const std::vector<Seen>& window, std::size_t from, int rule, int rules) {
    int longest = 0;
    for (std::size_t i = from; i < window.size(); ++i) {
        for (int next = rule; next < rules; ++next) {
            if ((window[i].rules >> next & 1U) == 0) continue;
            longest = std::max(longest, 1 + longest_chain(window, i + 1, next + 1, rules));
        }
    }
    return longest;
}

template <class Seen>
std::uint64_t rules_in(const std::vector<Seen>& window) {
    std::uint64_t rules = 0;
    for (const auto& seen : window) rules |= seen.rules;
    return rules;
}

template <class Seen>
double measure(const CorrelationRule& rule, const std::vector<Seen>& window) {
    const auto count = static_cast<double>(window.size());
    double sum = 0;
    std::set<std::string> values;
    for (const auto& seen : window) {
        sum += seen.number;
        values.insert(seen.value);
    }
    switch (rule.type) {
        case CorrelationType::event_count:
            return count;
        case CorrelationType::value_count:
            return static_cast<double>(values.size());
        case CorrelationType::temporal:
            return __builtin_popcountll(rules_in(window));
        case CorrelationType::temporal_ordered:
            return longest_chain(window, 0, 0, static_cast<int>(rule.rules.size()));
        case CorrelationType::value_sum:
            return sum;
        case CorrelationType::value_avg:
            return sum / count;
        case CorrelationType::value_median:
            return percentile_of(window, 50);
        default:
            break;
    }
    if (rule.percentile) return percentile_of(window, *rule.percentile);
    const auto same = std::ranges::count(window, window.back().value, &Seen::value);
    return 100.0 * static_cast<double>(same) / count;
}

bool true_of(const Expression& expression, std::uint64_t rules) {
    if (expression.kind == Expression::Kind::test) return (rules >> expression.test & 1U) != 0;
    if (expression.kind == Expression::Kind::negation) {
        return !true_of(expression.children.front(), rules);
    }
    const bool all = expression.kind == Expression::Kind::all;
    for (const auto& child : expression.children) {
        if (true_of(child, rules) != all) return !all;
    }
    return all;
}

}  // namespace

void NaiveCorrelator::add(const Observation& observation, std::vector<CorrelationHit>& hits) {
    std::map<std::uint32_t, std::vector<Fact>> facts;
    for (const auto rule : observation.rules) {
        for (const auto& use : plan_.uses_of(rule)) facts[use.step].push_back({use, {}});
    }
    for (std::uint32_t step = 0; step < steps_.size(); ++step) {
        if (facts.contains(step)) ask(step, facts[step], observation, facts, hits);
    }
}

void NaiveCorrelator::ask(std::uint32_t number, const std::vector<Fact>& facts,
                          const Observation& observation,
                          std::map<std::uint32_t, std::vector<Fact>>& further,
                          std::vector<CorrelationHit>& hits) {
    const auto& step = plan_.steps()[number];
    const auto& rule = step.rule;
    std::vector<std::pair<Values, Seen>> fresh;
    for (const auto& fact : facts) {
        const auto& input = step.inputs[fact.use.input];
        const auto group = values_at(input.group, observation, fact.group);
        const auto fields = values_at(input.fields, observation, fact.group);
        if (!group || !fields) continue;
        const double value = fields->empty() ? 0 : std::strtod(fields->front().c_str(), nullptr);
        const auto same = std::ranges::find_if(
            fresh, [&](const auto& one) { return one.second.group == joined(*group); });
        if (same != fresh.end()) {
            same->second.rules |= std::uint64_t{1} << input.reference;
        } else {
            fresh.push_back({*group,
                             {observation.time, joined(*group), std::uint64_t{1} << input.reference,
                              joined(*fields), value}});
        }
    }
    auto& own = steps_[number];
    for (const auto& [group, seen] : fresh) {
        own.seen.push_back(seen);
        std::vector<Seen> window;
        for (const auto& one : own.seen) {
            if (one.group == seen.group && one.time >= seen.time - rule.span) window.push_back(one);
        }
        const double measured = measure(rule, window);
        const bool holds = rule.expression
                               ? true_of(*rule.expression, rules_in(window))
                               : std::ranges::all_of(rule.bounds, [&](const Bound& bound) {
                                     return bound.holds(measured);
                                 });
        auto& last = own.last[seen.group];
        const bool again = last.held && last.reported >= seen.time - rule.span;
        last.held = holds;
        if (!holds) continue;
        for (const auto& use : step.uses) further[use.step].push_back({use, group});
        if (again) continue;
        last.reported = seen.time;
        CorrelationHit hit{number, 0, seen.time, measured, {}};
        for (std::size_t i = 0; i < group.size(); ++i) {
            hit.group.emplace_back(rule.group_by[i], group[i]);
        }
        hits.push_back(std::move(hit));
    }
}

}  // namespace shoji::sigma::testing
