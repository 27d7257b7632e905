#include "watch/detect/exfiltration/inputs.h"

#include <algorithm>

namespace shoji::exfiltration {

Inputs::Inputs(const Settings& settings) : settings_(settings), table_(settings.most_inputs) {}

void Inputs::observe(const Seen& seen, std::string_view text, std::uint32_t counted,
                     Alerts& alerts) {
    // A single key goes on with what came before it; after a pause, or with more than a key (what
    // an IME commits, what is pasted), the text before is over.
    constexpr event::Time pause = 5'000'000'000;
    constexpr std::size_t longest_key = 4;
    Input& input = table_.at(seen.subject);
    found_.clear();
    if (text.size() > longest_key || seen.time - input.last > pause) input.finder.finish(found_);
    input.finder.feed(text, found_);
    if (text.size() > longest_key) input.finder.finish(found_);
    input.last = seen.time;
    if (seen.day > input.day) {
        input.day = seen.day;
        input.since = seen.time;
        input.numbers = 0;
        input.told = false;
    }
    constexpr std::size_t most = 1'000'000'000;
    const std::size_t new_ones = found_.size() + counted;
    input.numbers = static_cast<std::uint32_t>(std::min(most, input.numbers + new_ones));
    if (input.told || input.numbers < settings_.my_numbers || new_ones == 0) return;
    input.told = true;
    Alert alert = alert_of(seen, Kind::my_number);
    alert.since = input.since;
    alert.amount = input.numbers;
    alert.count = input.numbers;
    alert.baseline = {Baseline::From::fixed, 0, 0, settings_.my_numbers};
    alerts.push_back(std::move(alert));
}

std::size_t Inputs::memory_limit(const Settings& settings) {
    return sizeof(Inputs) + BoundedTable<Input>::memory_limit(settings.most_inputs);
}

}  // namespace shoji::exfiltration
