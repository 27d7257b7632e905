#include "watch/detect/sigma/correlator.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

namespace shoji::sigma {
namespace {

// Memory of a group beside its window: itself, its node in the list and its place in the table.
constexpr std::size_t group_bytes = 192;

bool holds(const Expression& expression, std::uint64_t occurred) {
    const auto child_holds = [&](const Expression& child) { return holds(child, occurred); };
    switch (expression.kind) {
        case Expression::Kind::all:
            return std::ranges::all_of(expression.children, child_holds);
        case Expression::Kind::any:
            return std::ranges::any_of(expression.children, child_holds);
        case Expression::Kind::negation:
            return !holds(expression.children.front(), occurred);
        default:
            return (occurred >> expression.test & 1U) != 0;
    }
}

bool holds(const CorrelationRule& rule, const CorrelationWindow& window) {
    if (rule.expression) return holds(*rule.expression, window.occurred());
    const double measure = window.measure();
    return std::ranges::all_of(rule.bounds,
                               [&](const Bound& bound) { return bound.holds(measure); });
}

// All of the values as one.
Digest joined(std::span<const Observed* const> values) {
    if (values.size() == 1) return values.front()->digest;
    std::string bytes(values.size() * sizeof(Digest), '\0');
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::memcpy(bytes.data() + i * sizeof(Digest), &values[i]->digest, sizeof(Digest));
    }
    return digest_of(bytes);
}

bool needs_number(const CorrelationRule& rule) {
    return !rule.fields.empty() && rule.type != CorrelationType::value_count &&
           !(rule.type == CorrelationType::value_percentile && !rule.percentile);
}

// The values at the sources; nothing when one is missing.
std::optional<std::vector<const Observed*>> values_at(
    const std::vector<CorrelationPlan::Source>& sources, const Observation& observation,
    const std::vector<const Observed*>* inner) {
    std::vector<const Observed*> values;
    values.reserve(sources.size());
    for (const auto& source : sources) {
        const auto* value = source.inner && inner != nullptr ? (*inner)[source.place]
                                                             : observation.find(source.place);
        if (value == nullptr) return std::nullopt;
        values.push_back(value);
    }
    return values;
}

}  // namespace

Correlator::Correlator(const CorrelationPlan& plan, const CorrelationLimits& limits)
    : plan_(plan), limits_(limits), tables_(plan.steps().size()) {}

void Correlator::add(const Observation& observation, std::vector<CorrelationHit>& hits) {
    if (observation.time == 0) {
        ++losses_.untimed;
        return;
    }
    if (observation.time < now_) {
        ++losses_.late;
        return;
    }
    now_ = observation.time;
    for (const auto rule : observation.rules) {
        for (const auto& use : plan_.uses_of(rule)) {
            pending_[use.step].push_back({use.input, nullptr});
        }
    }
    while (!pending_.empty()) {
        const auto next = pending_.extract(pending_.begin());
        ask(next.key(), next.mapped(), observation, hits);
    }
    occurrences_.clear();
    keep_to_bytes();
}

void Correlator::ask(std::uint32_t number, std::span<const Cause> causes,
                     const Observation& observation, std::vector<CorrelationHit>& hits) {
    const auto& step = plan_.steps()[number];
    std::vector<Arrival> arrivals;  // one a group, whichever of the rules hold
    for (const auto& cause : causes) {
        const auto& input = step.inputs[cause.input];
        const auto* inner = cause.inner == nullptr ? nullptr : &cause.inner->group;
        auto group = values_at(input.group, observation, inner);
        const auto fields = values_at(input.fields, observation, inner);
        if (!group || !fields) continue;
        Arrival arrival{joined(*group), {observation.time, 0, {}, 0}, std::move(*group)};
        if (!fields->empty()) {
            arrival.sample.value = joined(*fields);
            arrival.sample.number = fields->front()->number;
        }
        if (needs_number(step.rule) && std::isnan(arrival.sample.number)) continue;
        auto known = std::ranges::find(arrivals, arrival.key, &Arrival::key);
        if (known == arrivals.end()) known = arrivals.insert(known, std::move(arrival));
        known->sample.rules |= std::uint64_t{1} << input.reference;
    }
    for (const auto& arrival : arrivals) arrive(number, arrival, hits);
}

void Correlator::arrive(std::uint32_t number, const Arrival& arrival,
                        std::vector<CorrelationHit>& hits) {
    const auto& step = plan_.steps()[number];
    auto& group = group_of(number, arrival);
    losses_.events += group.window->add(arrival.sample);
    auto& table = tables_[number];
    count_bytes(table, group);
    const bool held = group.held;
    group.held = holds(step.rule, *group.window);
    if (!group.held) return;
    const auto& occurrence = occurrences_.emplace_back(Occurrence{arrival.group});
    for (const auto& use : step.uses) pending_[use.step].push_back({use.input, &occurrence});
    if (held && group.reported >= now_ - step.rule.span) return;
    group.reported = now_;
    CorrelationHit hit{number, group.window->first(), now_, group.window->measure(), {}};
    for (std::size_t i = 0; i < arrival.group.size(); ++i) {
        hit.group.emplace_back(step.rule.group_by[i], arrival.group[i]->shown);
    }
    hits.push_back(std::move(hit));
}

void Correlator::count_bytes(Table& table, Group& group) {
    const auto bytes = group_bytes + group.window->bytes();
    table.bytes += bytes - group.bytes;
    bytes_ += bytes - group.bytes;
    group.bytes = bytes;
}

Correlator::Group& Correlator::group_of(std::uint32_t number, const Arrival& arrival) {
    auto& table = tables_[number];
    drop_expired(number);
    const auto known = table.by_key.find(arrival.key);
    if (known != table.by_key.end()) {
        table.groups.splice(table.groups.begin(), table.groups, known->second);
    } else {
        if (table.groups.size() >= std::max<std::size_t>(1, limits_.groups)) {
            drop_last(number);
            ++losses_.groups;
        }
        auto& group = table.groups.emplace_front();
        group.key = arrival.key;
        group.window = CorrelationWindow::make(plan_.steps()[number].rule, limits_.events);
        table.by_key.emplace(arrival.key, table.groups.begin());
    }
    table.groups.front().last = now_;
    return table.groups.front();
}

void Correlator::drop_last(std::uint32_t number) {
    auto& table = tables_[number];
    const auto& group = table.groups.back();
    table.bytes -= group.bytes;
    bytes_ -= group.bytes;
    table.by_key.erase(group.key);
    table.groups.pop_back();
}

// A group whose newest event no window reaches any more says nothing. It would be reported anew
// when it held again, since a timespan has passed.
void Correlator::drop_expired(std::uint32_t number) {
    const auto& groups = tables_[number].groups;
    const auto start = now_ - plan_.steps()[number].rule.span;
    while (!groups.empty() && groups.back().last < start) drop_last(number);
}

void Correlator::keep_to_bytes() {
    if (bytes_ <= limits_.bytes) return;
    for (std::uint32_t i = 0; i < tables_.size(); ++i) drop_expired(i);
    // Some more than needed, so that not every event has to look for what can go.
    const auto wanted = limits_.bytes - limits_.bytes / 8;
    while (bytes_ > wanted) {
        const auto largest = std::ranges::max_element(tables_, {}, &Table::bytes);
        drop_last(static_cast<std::uint32_t>(largest - tables_.begin()));
        ++losses_.groups;
    }
}

}  // namespace shoji::sigma
