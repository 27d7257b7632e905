// What a session starts with, from descriptor 5: seven bytes, little-endian.
#pragma once

#include "core/base/result.h"
#include "screen/compositor/compositor.h"

#include <cstdint>
#include <span>

namespace shoji::session {

inline constexpr std::size_t start_parameter_bytes = 7;

// `width u16, height u16, scale u16, layout u8`, with the bounds of `hello` (docs/wire.md).
base::Result<compositor::Compositor::Options> decode_start_parameters(
    std::span<const std::uint8_t> bytes);

}  // namespace shoji::session
