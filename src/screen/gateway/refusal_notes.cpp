#include "screen/gateway/refusal_notes.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace shoji::gateway {

RefusalNotes::Source RefusalNotes::source_of(const journal::Record& record) const {
    Source source{record.action, record.who, record.terminal};
    if (windows_.contains(source)) return source;
    const auto same_action = [&](const auto& entry) {
        return std::get<journal::Action>(entry.first) == record.action;
    };
    const auto sources = static_cast<std::size_t>(std::ranges::count_if(windows_, same_action));
    if (sources >= maximum_sources) source = {record.action, "", "several terminals"};
    return source;
}

std::optional<journal::Record> RefusalNotes::add(journal::Record record, double now) {
    const auto [found, is_new] = windows_.try_emplace(source_of(record));
    Window& open = found->second;
    if (is_new) open.began = now;
    if (open.recorded < recorded_each) {
        ++open.recorded;
        return record;
    }
    ++open.counted;
    open.last = record.what + (record.reason.empty() ? "" : ": " + record.reason);
    return {};
}

std::vector<journal::Record> RefusalNotes::take(double now) {
    std::vector<journal::Record> taken;
    for (auto entry = windows_.begin(); entry != windows_.end();) {
        const auto& [source, past] = *entry;
        if (now - past.began < window) {
            ++entry;
            continue;
        }
        if (past.counted > 0) {
            const auto& [action, who, terminal] = source;
            taken.push_back(
                {action, journal::Outcome::refused, who, terminal,
                 fmt::format("{} more of the same kind within {} seconds", past.counted, window),
                 "the last: " + past.last});
        }
        entry = windows_.erase(entry);
    }
    return taken;
}

std::vector<journal::Record> RefusalNotes::take_all() {
    return take(std::numeric_limits<double>::infinity());
}

}  // namespace shoji::gateway
