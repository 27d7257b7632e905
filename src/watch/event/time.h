// Times as logs write them.
#pragma once

#include "watch/event/event.h"

#include <optional>
#include <string_view>

namespace shoji::event {

// ISO 8601 / RFC 3339: 2025-11-27T07:40:10.1653241Z, with a blank for the T, without or with an
// offset from UTC (none: UTC); a date alone is its midnight. Years 1970 to 2261.
std::optional<Time> parse_time(std::string_view text);
// `has_offset`: whether it says one.
std::optional<Time> parse_time(std::string_view text, bool& has_offset);

// 2025-11-27T07:40:10.165324100Z
std::string format_time(Time time);

// The parts of a time in UTC; weekday and week of ISO 8601.
struct Calendar {
    int year;
    int month;  // 1 to 12
    int day;    // 1 to 31
    int hour;
    int minute;
    int second;
    int week;  // 1 to 53
};
Calendar calendar_of(Time time);

}  // namespace shoji::event
