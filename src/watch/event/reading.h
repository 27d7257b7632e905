// How logs are read where they do not say it themselves: what the user says.
#pragma once

#include "watch/event/event.h"
#include "watch/event/time_zone.h"

#include <optional>
#include <string_view>

namespace shoji::event {

struct Reading {
    // Of times that say no offset; none: those of JSON are UTC, those of syslog this machine's.
    std::optional<TimeZone> zone;
    // Of events that have neither product nor service; none of its parts: they stay without.
    LogSource source;

    void complete(Event& event) const;
};

// "product=aws,service=cloudtrail,category=…", each once at most; nothing when it is none of this.
// Adds what it names to `names`.
std::optional<LogSource> read_source(std::string_view text, Names& names);

}  // namespace shoji::event
