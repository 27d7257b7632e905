// shoji-hub as a whole.
#pragma once

#include "core/base/settings.h"

namespace shoji::hub {

// Files of its state folder, made by `shoji init`.
inline constexpr const char* key_file = "tls.key";
inline constexpr const char* certificate_file = "tls.crt";
inline constexpr const char* authority_file = "sensors.crt";

// Takes sensors' records until SIGTERM or SIGINT. An error is why it could not start, or not go on.
base::Result<void> run(const base::Settings& settings);

}  // namespace shoji::hub
