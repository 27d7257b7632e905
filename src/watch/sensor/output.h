// Writing to a descriptor until all is written.
#pragma once

#include <cstdint>
#include <span>

namespace shoji::sensor {

// False when the other end is gone, or the disk full.
bool write_whole(int descriptor, std::span<const std::uint8_t> bytes);

}  // namespace shoji::sensor
