// The declarative file of `shoji apply`: TOML of the configuration's JSON shape
// (core/policy/json.h). Pure.
#pragma once

#include "core/base/result.h"
#include "core/policy/policy.h"

#include <string_view>

namespace shoji::cli {

// Errors name the line (TOML) or the place (shape).
base::Result<policy::Configuration> configuration_from_toml(std::string_view text);

}  // namespace shoji::cli
