// What lies where on the output, from the lowest to the highest; and how two scenes differ.
#pragma once

#include "screen/compositor/region.h"
#include "screen/compositor/subsurface.h"
#include "screen/compositor/surface.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace shoji::compositor {

struct View {
    std::weak_ptr<Surface> surface;
    std::uint64_t id = 0;  // of the surface
    Position logical;      // of its upper left corner
    Rectangle device;      // where it is drawn, in device pixels; may reach outside the output
    bool opaque = false;
};

using Scene = std::vector<View>;

// All that can be seen now.
Scene build_scene(const Server& server);

// Device pixels that look different because views came, went, moved or changed their order; not
// because of what was drawn into them.
Region difference(const Scene& before, const Scene& after);

struct Hit {
    std::shared_ptr<Surface> surface;
    double x = 0;  // in the surface, logical
    double y = 0;
};
// The highest surface that takes input there; logical pixels.
std::optional<Hit> pick(const Scene& scene, double x, double y);

}  // namespace shoji::compositor
