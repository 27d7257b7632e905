// What one client may have and ask for. A client that goes over a limit is disconnected. The
// numbers are several times what Chromium uses with ten windows open.
#pragma once

#include <cstddef>
#include <cstdint>

namespace shoji::compositor {

constexpr int max_side = 8192;         // of a buffer, a surface or an output, in pixels
constexpr int max_coordinate = 16384;  // of an offset or a rectangle's corner, either sign
constexpr int max_depth = 8;           // of subsurfaces in subsurfaces, of popups on popups
constexpr std::int32_t max_pool_bytes = 2 * max_side * max_side * 4;  // two of the largest
constexpr int max_damage_rectangles = 64;       // of one commit; more become their bounding box
constexpr int max_region_rectangles = 256;      // of a wl_region
constexpr std::size_t max_text_bytes = 4000;    // a Wayland message has at most 4096
constexpr std::uint32_t max_object_id = 65536;  // libwayland's table of ids only grows

// Pixels that the compositor copies and keeps for the client's surfaces: so many times the
// picture's, and something for small ones.
constexpr std::size_t surface_budget_pictures = 12;
constexpr std::size_t surface_budget_pixels = 8U << 20U;

}  // namespace shoji::compositor
