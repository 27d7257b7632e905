// The program as a whole: what it takes over, sets up, runs and leaves behind.
#pragma once

#include "core/base/result.h"
#include "core/base/settings.h"
#include "screen/host/equipment.h"

namespace shoji::host {

// Runs until SIGTERM or SIGINT; then ends every session and removes all that was made for them.
base::Result<void> run(const base::Settings& settings, const Programs& programs);

}  // namespace shoji::host
