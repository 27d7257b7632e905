#include "watch/detect/sigma/observation.h"

#include "watch/detect/sigma/fold.h"
#include "watch/detect/sigma/number.h"

#include <algorithm>

namespace shoji::sigma {
namespace {

// The beginning of a text, not cut inside a character.
std::string_view beginning(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80) --most;
    return text.substr(0, most);
}

}  // namespace

const Observed* Observation::find(std::uint32_t slot) const {
    const auto found = std::ranges::find(values, slot, &Observed::slot);
    return found == values.end() ? nullptr : &*found;
}

std::size_t Observation::bytes() const {
    std::size_t bytes = sizeof(*this) + rules.capacity() * sizeof(rules.front());
    bytes += values.capacity() * sizeof(Observed);
    for (const auto& value : values) bytes += value.shown.capacity();
    return bytes;
}

Observation observe(const event::Event& event, std::span<const std::uint32_t> rules,
                    std::span<const event::FieldId> slots, std::span<const std::uint32_t> asked) {
    Observation observation;
    observation.time = event.time;
    observation.rules.assign(rules.begin(), rules.end());
    std::ranges::sort(observation.rules);
    observation.values.reserve(asked.size());
    std::string folded;
    for (const auto slot : asked) {
        const auto* field = event.find(slots[slot]);
        if (field == nullptr || field->type == event::Type::null) continue;
        folded.clear();
        append_folded(field->value, folded);
        auto& value = observation.values.emplace_back();
        value.slot = slot;
        value.digest = digest_of(folded);
        value.number = number_of(field->value).value_or(Observed::no_number);
        value.shown = beginning(field->value, Observed::most_shown);
    }
    return observation;
}

}  // namespace shoji::sigma
