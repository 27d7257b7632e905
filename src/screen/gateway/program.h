// The gateway as a whole: what is made in which order, and how it ends.
#pragma once

#include "core/base/settings.h"

#include <filesystem>

namespace shoji::gateway {

// Serves until SIGTERM or SIGINT. An error is why it could not start.
base::Result<void> run(const base::Settings& settings, const std::filesystem::path& web);

}  // namespace shoji::gateway
