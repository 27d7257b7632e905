// The processes of an incident with their ancestors, from events that the hub has stored.
#pragma once

#include "core/base/settings.h"
#include "watch/detect/incident/incident.h"

#include <cstdint>

namespace shoji::cli {

// Adds what is known of each process that an alert names: its command, when it began, and who
// started it. Where no events are stored the tree stays as it is. Returns how many records could
// not be read.
base::Result<std::uint64_t> add_ancestors(const base::Settings& settings,
                                          incident::Incident& incident);

}  // namespace shoji::cli
