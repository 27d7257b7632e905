// SHA-256 (FIPS 180-4), so that the journal can be checked with common tools as well.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace shoji::journal {

using Digest = std::array<std::uint8_t, 32>;

Digest digest_of(std::string_view bytes);

}  // namespace shoji::journal
