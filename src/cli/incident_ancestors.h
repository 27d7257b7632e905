// The processes of an incident with their ancestors, from events that the hub has stored.
#pragma once

#include "core/base/settings.h"
#include "watch/detect/incident/incident.h"

#include <cstdint>
#include <string>
#include <vector>

namespace shoji::cli {

struct Ancestry {
    std::uint64_t unreadable = 0;        // records
    std::vector<std::string> cut_hosts;  // that have more starts of programs than are read
};

// Adds what is known of each process that an alert names: its command, when it began, and who
// started it. Where no events are stored the tree stays as it is. Of each host `most_starts` are
// read, the oldest first.
base::Result<Ancestry> add_ancestors(const base::Settings& settings, incident::Incident& incident,
                                     std::size_t most_starts = 100'000);

}  // namespace shoji::cli
