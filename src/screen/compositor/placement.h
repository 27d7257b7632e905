// Where windows and popups lie on the output, in logical pixels.
#pragma once

#include "screen/compositor/subsurface.h"
#include "screen/compositor/xdg_surface.h"

#include <optional>

namespace shoji::compositor {

// The upper left corner of a window's or popup's geometry; nullopt when it has no window under it
// any more.
std::optional<Position> geometry_origin(const Server& server, const XdgSurface& surface);
// The same of its whole surface, shadows included.
std::optional<Position> surface_origin(const Server& server, const XdgSurface& surface);

}  // namespace shoji::compositor
