// Events of a host that the hub has stored, unpacked here. What a sensor delivered may be anything:
// what cannot be read is counted, and the rest goes on.
#pragma once

#include "core/base/result.h"
#include "core/base/settings.h"
#include "watch/event/event.h"

#include <cstdint>
#include <functional>
#include <string>

namespace shoji::cli {

struct StoredEvents {
    std::string host;
    event::Time since = 0;  // of the hub's clock, when they came
};

// Calls `each` for every event in the order in which they came, until it says false. Returns how
// many batches or records could not be read. `not_found` where there is no sensor of the host.
base::Result<std::uint64_t> read_stored_events(
    const base::Settings& settings, const StoredEvents& wish, const event::Names& names,
    const std::function<bool(const event::Event&)>& each);

}  // namespace shoji::cli
