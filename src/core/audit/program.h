// shoji-audit as a whole.
#pragma once

#include "core/base/settings.h"

namespace shoji::audit {

// Takes records until SIGTERM or SIGINT. An error is why it could not start, or not go on.
base::Result<void> run(const base::Settings& settings);

}  // namespace shoji::audit
