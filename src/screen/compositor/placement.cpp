#include "screen/compositor/placement.h"

#include "screen/compositor/limits.h"
#include "screen/compositor/popup.h"
#include "screen/compositor/scaling.h"
#include "screen/compositor/server.h"
#include "screen/compositor/toplevel.h"

#include <algorithm>

namespace shoji::compositor {
namespace {

Position window_origin(const Server& server, const Toplevel& window, const Rectangle& geometry) {
    if (!window.is_dialog()) return {};
    const Size screen = to_logical_extent(server.size(), server.scale());
    return {std::max(0, (screen.width - geometry.width) / 2),
            std::max(0, (screen.height - geometry.height) / 2)};
}

// The depth is bounded because destroyed and remade roles can make parents go in circles.
std::optional<Position> origin_at_depth(const Server& server, const XdgSurface& surface,
                                        int depth) {
    const auto window = surface.window();
    if (const auto toplevel = std::dynamic_pointer_cast<Toplevel>(window)) {
        return window_origin(server, *toplevel, surface.geometry());
    }
    const auto popup = std::dynamic_pointer_cast<Popup>(window);
    const auto parent = popup ? popup->parent() : nullptr;
    if (!parent || depth > max_depth) return std::nullopt;
    const auto under = origin_at_depth(server, *parent, depth + 1);
    if (!under) return std::nullopt;
    return Position{under->x + popup->place().x, under->y + popup->place().y};
}

}  // namespace

std::optional<Position> geometry_origin(const Server& server, const XdgSurface& surface) {
    return origin_at_depth(server, surface, 0);
}

std::optional<Position> surface_origin(const Server& server, const XdgSurface& surface) {
    const auto origin = geometry_origin(server, surface);
    if (!origin) return std::nullopt;
    const Rectangle geometry = surface.geometry();
    return Position{origin->x - geometry.x, origin->y - geometry.y};
}

}  // namespace shoji::compositor
