// What a correlation keeps of an event in which rules hold: when, which rules, and the values that
// it groups, counts or adds up by. Of bounded size whatever the event holds.
#pragma once

#include "watch/detect/sigma/digest.h"
#include "watch/event/event.h"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace shoji::sigma {

struct Observed {
    static constexpr std::size_t most_shown = 200;  // bytes
    static constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

    std::uint32_t slot = 0;     // of CorrelationPlan's fields
    Digest digest;              // of the whole value without regard to case
    double number = no_number;  // the value's, where it is one
    std::string shown;          // the value's beginning
};

struct Observation {
    event::Time time = 0;
    std::vector<std::uint32_t> rules;  // of the plan of rules
    std::vector<Observed> values;      // each slot once

    [[nodiscard]] const Observed* find(std::uint32_t slot) const;
    [[nodiscard]] std::size_t bytes() const;  // of memory, about
};

// Of the asked slots, each with the first value of its field; none where the event has no such
// field.
Observation observe(const event::Event& event, std::span<const std::uint32_t> rules,
                    std::span<const event::FieldId> slots, std::span<const std::uint32_t> asked);

}  // namespace shoji::sigma
