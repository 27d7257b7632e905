// CRC-32C (Castagnoli; RFC 3720, appendix B.4): finds what a disk or a power cut damaged, not what
// somebody changed on purpose.
#pragma once

#include <cstdint>
#include <span>

namespace shoji::spool {

// `before`: the checksum of the bytes that came before these.
std::uint32_t crc32c(std::span<const std::uint8_t> bytes, std::uint32_t before = 0);

}  // namespace shoji::spool
