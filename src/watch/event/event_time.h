// When an event of JSON was, by the fields that say so (names.h). Of several the first counts that
// says how far it is from UTC, or is UTC by its definition; where none does, the first that is a
// time at all, which is then taken as the clocks of a zone show it.
//
// Times are written as
//   2026-11-20T01:02:03.456Z           RFC 3339 and what is like it (time.h)
//   /Date(1763600523456)/              milliseconds since 1970, as .NET writes JSON
//   1763600523.456                     numbers, or texts of digits, since 1970: seconds below 1e11,
//                                      milliseconds below 1e14, microseconds below 1e17, else
//                                      nanoseconds; before 1973 (seconds below 1e8, …) they are
//                                      no times, since counters and durations are small
#pragma once

#include "watch/event/event.h"
#include "watch/event/time_zone.h"

#include <optional>
#include <string_view>

namespace shoji::event {

struct WrittenTime {
    Time time = 0;         // as if it were UTC, where it is not certain
    bool certain = false;  // it says its offset from UTC
};

// In any of the ways above.
std::optional<WrittenTime> read_written_time(std::string_view text);

// Sets the event's time and whether it is local. `best` is the best of the fields of time that the
// event has.
void set_event_time(Event& event, FieldId best, const TimeZone& zone);

}  // namespace shoji::event
