// Where a popup goes: the rules of xdg_positioner, pure arithmetic.
#pragma once

#include "screen/compositor/compositor.h"

#include <cstdint>

namespace shoji::compositor {

// All in logical pixels of the parent's window geometry. The client's numbers are bounded when they
// are set: sizes 1 to max_side, the rest within ±max_coordinate.
struct PopupRules {
    Size size;         // both 0: not set
    Rectangle anchor;  // width and height may be 0
    bool anchor_set = false;
    std::uint32_t anchor_edge = 0;  // enum xdg_positioner.anchor
    std::uint32_t gravity = 0;      // enum xdg_positioner.gravity
    std::uint32_t adjustment = 0;   // bits of xdg_positioner.constraint_adjustment
    int offset_x = 0;
    int offset_y = 0;

    [[nodiscard]] bool complete() const { return size.width > 0 && anchor_set; }
};

// The popup's place, moved and shrunk as its rules allow to lie inside `bounds`.
Rectangle place_popup(const PopupRules& rules, const Rectangle& bounds);

}  // namespace shoji::compositor
