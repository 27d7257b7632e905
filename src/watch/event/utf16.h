// UTF-16, little-endian, as Windows writes it.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace shoji::event {

// Appends `bytes` as UTF-8; units without their other half become U+FFFD, an odd byte at the end is
// left out.
void append_utf16(std::span<const std::uint8_t> bytes, std::string& text);

}  // namespace shoji::event
