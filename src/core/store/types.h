// What the store's tables have in common.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace shoji::store {

using Seconds = std::int64_t;  // since 1970
using RowId = std::int64_t;
using Bytes = std::vector<std::uint8_t>;

// Of a token that its holder presents: the store never has the token itself.
using Digest = std::array<std::uint8_t, 32>;
// A screen is the session that the host knows by the same bytes.
using ScreenId = std::array<std::uint8_t, 16>;

}  // namespace shoji::store
