// A QR code as rows of modules, for the console to draw.
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace shoji::gateway {

// Square: each row has as many characters as there are rows, '1' is dark.
base::Result<std::vector<std::string>> qr_rows(std::string_view text);

}  // namespace shoji::gateway
