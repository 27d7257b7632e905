#include "watch/detect/sigma/testing/correlations.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

namespace shoji::sigma::testing {
namespace {

constexpr event::Time midnight = event::Time{1'700'006'400} * 1'000'000'000;
constexpr double second = 1e9;

}  // namespace

Correlations::Correlations(std::string_view text, std::vector<std::string> rules)
    : rules_(std::move(rules)) {
    const auto documents = yaml::read(text);
    EXPECT_TRUE(documents) << documents.error().message;
    std::map<std::size_t, std::string> errors;
    std::vector<CorrelationPlan::Draft> drafts;
    std::vector<std::size_t> numbers;  // of the documents
    for (std::size_t i = 0; i < documents->size(); ++i) {
        auto rule = read_correlation((*documents)[i]);
        if (rule) {
            drafts.push_back({std::move(*rule), "file"});
            numbers.push_back(i);
        } else {
            errors[i] = rule.error().message;
        }
    }
    std::vector<Heading> headings;
    for (const auto& name : rules_) {
        headings.emplace_back();
        headings.back().name = name;
    }
    std::vector<Referable> referables;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        referables.push_back({&headings[i], static_cast<std::uint32_t>(i), "file"});
    }
    std::vector<CorrelationPlan::Problem> problems;
    plan_ = CorrelationPlan::compile(std::move(drafts), referables, names_, problems);
    for (const auto& problem : problems)
        errors[numbers[problem.correlation]] = problem.error.message;
    for (const auto& [number, what] : errors) {
        errors_.push_back(std::string((*documents)[number].text_of("title")) + ": " + what);
    }
}

Observation Correlations::at(double seconds, const std::vector<std::string>& rules,
                             const Fields& fields) const {
    event::Event event;
    event.time = midnight + static_cast<event::Time>(seconds * second);
    for (const auto& [name, value] : fields) {
        event.add({names_.field(name), value ? event::Type::text : event::Type::null, name,
                   value ? std::string_view(*value) : std::string_view()});
    }
    std::vector<std::uint32_t> numbers;
    for (const auto& rule : rules) {
        const auto found = std::ranges::find(rules_, rule);
        EXPECT_NE(found, rules_.end()) << rule;
        numbers.push_back(static_cast<std::uint32_t>(found - rules_.begin()));
    }
    return plan_.observe(event, numbers).value_or(Observation{});
}

std::vector<std::string> Correlations::hits(const std::vector<Observation>& observations,
                                            const CorrelationLimits& limits) {
    Correlator correlator(plan_, limits);
    std::vector<CorrelationHit> hits;
    for (const auto& observation : observations) {
        correlator.add(observation, hits);
        EXPECT_LE(correlator.bytes(), limits.bytes);
    }
    losses_ = correlator.losses();
    std::vector<std::string> all;
    for (const auto& hit : hits) all.push_back(shown(plan_, hit));
    return all;
}

std::string shown(const CorrelationPlan& plan, const CorrelationHit& hit) {
    std::string text = fmt::format("{}@{}", plan.steps()[hit.step].rule.title,
                                   static_cast<double>(hit.time - midnight) / second);
    for (const auto& [name, value] : hit.group) text += " " + value;
    return text;
}

}  // namespace shoji::sigma::testing
