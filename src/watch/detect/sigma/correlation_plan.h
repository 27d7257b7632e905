// Correlation rules with their references resolved: which rules each is told of, where its groups'
// values come from, and in which order they are asked, so that a correlation is asked after those
// that it refers to. Fixed once compiled; many threads may use it.
#pragma once

#include "watch/detect/sigma/correlation_rule.h"
#include "watch/detect/sigma/observation.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

// A rule that correlations may refer to. A name is looked for in the correlation's own file first.
struct Referable {
    const Heading* heading = nullptr;
    std::uint32_t rule = 0;  // of the plan of rules
    std::string_view file;
};

class CorrelationPlan {
  public:
    static constexpr std::size_t most_correlations = 10'000;
    static constexpr std::size_t most_depth = 32;  // of correlations of correlations

    struct Draft {
        CorrelationRule rule;
        std::string file;
    };
    struct Problem {
        std::size_t correlation;  // index of those given
        base::Error error;        // names the line
    };

    // Where a value comes from.
    struct Source {
        bool inner = false;       // the group's value of the correlation that occurred
        std::uint32_t place = 0;  // its index there, or the slot of the event
    };
    // A rule or a correlation that a correlation refers to.
    struct Input {
        std::uint32_t reference = 0;  // index into CorrelationRule::rules
        std::vector<Source> group;    // one a name in group_by
        std::vector<Source> fields;   // one a name in the condition's fields
    };
    struct Use {
        std::uint32_t step = 0;
        std::uint32_t input = 0;
    };
    struct Step {
        CorrelationRule rule;
        std::size_t given = 0;  // index of those given
        std::vector<Input> inputs;
        std::vector<Use> uses;  // by other correlations
        bool quiet = false;     // another correlation is told of it instead
    };

    // Correlations that are wrong are left out and told in `problems`. `names` takes the fields;
    // it must be those that the events are read with.
    static CorrelationPlan compile(std::vector<Draft> drafts, std::span<const Referable> rules,
                                   event::Names& names, std::vector<Problem>& problems);

    [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
    // The correlations that refer to the rule.
    [[nodiscard]] std::span<const Use> uses_of(std::uint32_t rule) const;
    // True for rules that are no hits themselves, because a correlation without 'generate' refers
    // to them.
    [[nodiscard]] bool is_quiet(std::uint32_t rule) const;

    // What the correlations have to know of an event in which the rules hold; nothing when none of
    // them is about these rules.
    [[nodiscard]] std::optional<Observation> observe(const event::Event& event,
                                                     std::span<const std::uint32_t> rules) const;

  private:
    friend class CorrelationCompiler;
    struct Base {
        std::vector<Use> uses;
        std::vector<std::uint32_t> slots;  // that somebody asks for when this rule holds
        bool quiet = false;
    };

    std::vector<Step> steps_;
    std::vector<Base> bases_;  // by rule; shorter than the rules where the last ones have no use
    std::vector<event::FieldId> slots_;
};

}  // namespace shoji::sigma
