// Whether events that were read back are those of a window.
#pragma once

#include "watch/detect/sigma/correlation_rule.h"
#include "watch/detect/sigma/ring.h"

namespace shoji::sigma {

inline event::Time time_of(event::Time time) {
    return time;
}
template <class Entry>
event::Time time_of(const Entry& entry) {
    return entry.time;
}

// In the order of time, the newest at `last`, none older than the timespan.
template <class Entry>
bool is_window(const Ring<Entry>& events, const CorrelationRule& rule, event::Time last) {
    if (events.empty() || time_of(events.front()) < last - rule.span) return false;
    for (std::size_t i = 1; i < events.size(); ++i) {
        if (time_of(events[i]) < time_of(events[i - 1])) return false;
    }
    return time_of(events[events.size() - 1]) == last;
}

}  // namespace shoji::sigma
