#include "screen/compositor/positioner.h"

#include "xdg-shell-server-protocol.h"

#include <algorithm>

namespace shoji::compositor {
namespace {

// One axis of a popup. `edge` and `gravity` are -1 (left, top), 0 (centre) or 1 (right, bottom).
struct Axis {
    int anchor_from;
    int anchor_length;
    int length;
    int offset;
    int edge;
    int gravity;
    int low;  // the bounds
    int high;
    bool flip;
    bool slide;
    bool shrink;
};

struct Extent {
    int from;
    int length;
};

int unconstrained(const Axis& axis) {
    const int point = axis.anchor_from + (axis.edge < 0   ? 0
                                          : axis.edge > 0 ? axis.anchor_length
                                                          : axis.anchor_length / 2);
    const int shift = axis.gravity < 0 ? -axis.length : axis.gravity > 0 ? 0 : -axis.length / 2;
    return point + shift + axis.offset;
}

bool inside(const Axis& axis, int from) {
    return from >= axis.low && from + axis.length <= axis.high;
}

// Flipping is given up when it does not help; sliding prefers the start to be seen; shrinking comes
// last (xdg_positioner.constraint_adjustment).
Extent place(const Axis& axis) {
    int from = unconstrained(axis);
    if (inside(axis, from)) return {from, axis.length};
    if (axis.flip) {
        Axis flipped = axis;
        flipped.edge = -axis.edge;
        flipped.gravity = -axis.gravity;
        flipped.offset = -axis.offset;
        const int other = unconstrained(flipped);
        if (inside(axis, other)) return {other, axis.length};
    }
    if (axis.slide) {
        from = std::max(std::min(from, axis.high - axis.length), axis.low);
        if (inside(axis, from)) return {from, axis.length};
    }
    if (axis.shrink) {
        const int start = std::max(from, axis.low);
        const int end = std::min(from + axis.length, axis.high);
        if (end > start) return {start, end - start};
    }
    return {from, axis.length};
}

struct Direction {
    int x;
    int y;
};

// The enums of anchor and gravity have the same numbers.
static_assert(static_cast<int>(XDG_POSITIONER_ANCHOR_BOTTOM_RIGHT) ==
              static_cast<int>(XDG_POSITIONER_GRAVITY_BOTTOM_RIGHT));
Direction direction_of(std::uint32_t edge) {
    switch (edge) {
        case XDG_POSITIONER_ANCHOR_TOP:
            return {0, -1};
        case XDG_POSITIONER_ANCHOR_BOTTOM:
            return {0, 1};
        case XDG_POSITIONER_ANCHOR_LEFT:
            return {-1, 0};
        case XDG_POSITIONER_ANCHOR_RIGHT:
            return {1, 0};
        case XDG_POSITIONER_ANCHOR_TOP_LEFT:
            return {-1, -1};
        case XDG_POSITIONER_ANCHOR_BOTTOM_LEFT:
            return {-1, 1};
        case XDG_POSITIONER_ANCHOR_TOP_RIGHT:
            return {1, -1};
        case XDG_POSITIONER_ANCHOR_BOTTOM_RIGHT:
            return {1, 1};
        default:
            return {0, 0};
    }
}

}  // namespace

Rectangle place_popup(const PopupRules& rules, const Rectangle& bounds) {
    const Direction edge = direction_of(rules.anchor_edge);
    const Direction gravity = direction_of(rules.gravity);
    const auto may = [&](std::uint32_t bit) { return (rules.adjustment & bit) != 0; };
    const Extent x = place({rules.anchor.x, rules.anchor.width, rules.size.width, rules.offset_x,
                            edge.x, gravity.x, bounds.x, bounds.x + bounds.width,
                            may(XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_FLIP_X),
                            may(XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_SLIDE_X),
                            may(XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_RESIZE_X)});
    const Extent y = place({rules.anchor.y, rules.anchor.height, rules.size.height, rules.offset_y,
                            edge.y, gravity.y, bounds.y, bounds.y + bounds.height,
                            may(XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_FLIP_Y),
                            may(XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_SLIDE_Y),
                            may(XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_RESIZE_Y)});
    return {x.from, y.from, x.length, y.length};
}

}  // namespace shoji::compositor
