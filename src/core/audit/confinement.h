// What the journal's writer keeps for itself.
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace shoji::audit {

// From here on: no privilege, no network, no other program, no file but those in `audit`, and
// taking the socket in `runtime` away. Returns the protections that this kernel lacks.
base::Result<std::vector<std::string>> confine(const std::filesystem::path& audit,
                                               const std::filesystem::path& runtime);

}  // namespace shoji::audit
