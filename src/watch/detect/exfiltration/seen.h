// An activity with what every part of the detector asks about it, worked out once.
#pragma once

#include "watch/detect/exfiltration/alert.h"
#include "watch/detect/exfiltration/name_list.h"
#include "watch/event/activity.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace shoji::exfiltration {

using Alerts = std::vector<Alert>;

struct Seen {
    const event::Activity* activity = nullptr;
    event::Time time = 0;   // as the detector believes it
    std::int64_t hour = 0;  // since 1970 in the settings' zone
    std::int32_t day = 0;
    std::uint64_t host = 0;  // keyed hashes
    std::uint64_t subject = 0;
    std::uint64_t process = 0;
    std::uint64_t destination = 0;
    std::string_view destination_name;
    Category category = Category::none;
    Medium medium = Medium::web;
    std::uint64_t amount = 0;  // out
};

// `seen` as an alert that lacks its numbers.
Alert alert_of(const Seen& seen, Kind kind);

}  // namespace shoji::exfiltration
