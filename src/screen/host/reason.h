// Why a session ended, from what is seen of its processes. Pure.
#pragma once

#include "screen/control/control.h"
#include "screen/host/process.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace shoji::host {

struct Ends {
    std::array<std::optional<ExitStatus>, 3> parts;  // by Part; nothing: it runs
    std::uint64_t memory_kills = 0;                  // of the browser's and the helpers' groups
};

// Nothing while all run. When one of browser and compositor ends the other soon follows: wait as
// long as time_to_settle() says, then ask, for the one that ended wrongly is the cause.
std::optional<control::Reason> reason_of(const Ends& ends);

// How long after the first end the rest may still follow. A compositor that ended well did so
// because the browser let go of it: on a busy machine it takes Chromium seconds to be gone.
std::chrono::milliseconds time_to_settle(const Ends& ends);

}  // namespace shoji::host
