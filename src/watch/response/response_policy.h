// The administrator's file about responses: response.toml in the sensor's folder, docs/response.md.
// Pure.
#pragma once

#include "watch/response/responder.h"

#include <string_view>

namespace shoji::response {

// Unknown keys, wrong types and values that mean nothing are errors that name the key. Besides what
// the file lists, these are protected: the dynamic loader and the C library (as files only: whoever
// runs a program by them is killed as anybody), systemd, and Shoji's own programs and units.
base::Result<ResponsePolicy> parse_response_policy(std::string_view toml);

}  // namespace shoji::response
