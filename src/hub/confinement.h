// What the hub keeps for itself.
#pragma once

#include "core/base/result.h"
#include "core/base/settings.h"

#include <string>
#include <vector>

namespace shoji::hub {

// From here on: no privilege, no file but those of its state and its admin socket, no connection
// but those that come to it, and to the journal. Returns the protections that this kernel lacks.
base::Result<std::vector<std::string>> confine(const base::Settings& settings);

}  // namespace shoji::hub
