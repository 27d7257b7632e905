// Text that should be UTF-8 and is not quite.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shoji::event {

// Appends the text to `repaired`, with U+FFFD for each byte that belongs to no character; how many
// bytes these were.
std::size_t repair_utf8(std::string_view text, std::string& repaired);

// JSON's escapes of half a pair of surrogates, which Windows' names and command lines may have,
// become that of U+FFFD where they stand; how many these were.
std::size_t repair_surrogates(std::string& json);

}  // namespace shoji::event
