// Numbers as logs write them.
#pragma once

#include <optional>
#include <string_view>

namespace shoji::sigma {

// A decimal number, or a hexadecimal one that begins with 0x; nothing else, no infinity either.
std::optional<double> number_of(std::string_view text);

}  // namespace shoji::sigma
