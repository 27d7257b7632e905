#include "screen/compositor/scene.h"

#include "screen/compositor/limits.h"
#include "screen/compositor/placement.h"
#include "screen/compositor/popup.h"
#include "screen/compositor/scaling.h"
#include "screen/compositor/server.h"
#include "screen/compositor/toplevel.h"

#include <algorithm>

namespace shoji::compositor {
namespace {

class Builder {
  public:
    explicit Builder(int scale) : scale_(scale) {}

    void add_tree(const std::shared_ptr<Surface>& surface, Position at, int depth) {
        if (!surface->has_content() || depth > max_depth) return;
        for (const Surface::Layer& layer : surface->order()) {
            if (layer.is_self) {
                add(surface, at);
                continue;
            }
            const auto subsurface = layer.subsurface.lock();
            const auto child = subsurface ? subsurface->surface() : nullptr;
            if (!child) continue;
            const Position offset = subsurface->position();
            add_tree(child, {at.x + offset.x, at.y + offset.y}, depth + 1);
        }
    }
    Scene take() { return std::move(scene_); }

  private:
    void add(const std::shared_ptr<Surface>& surface, Position at) {
        const Size size = surface->size();
        const Rectangle device{to_device(at.x, scale_), to_device(at.y, scale_),
                               to_device(size.width, scale_), to_device(size.height, scale_)};
        scene_.push_back({surface, surface->id(), at, device, surface->opaque()});
    }

    int scale_;
    Scene scene_;
};

// The xdg_surface that a popup stands on in the end; null when the chain is broken.
std::shared_ptr<XdgSurface> root_of(std::shared_ptr<XdgSurface> surface) {
    for (int depth = 0; surface && depth <= max_depth; ++depth) {
        const auto popup = std::dynamic_pointer_cast<Popup>(surface->window());
        if (!popup) return surface;
        surface = popup->parent();
    }
    return nullptr;
}

void add_window(const Server& server, const Toplevel& window, Builder& builder) {
    const auto xdg = window.xdg_surface();
    const auto origin = surface_origin(server, *xdg);
    if (!origin) return;
    builder.add_tree(window.shown_surface(), *origin, 0);
    // A popup was mapped after its parent, so that the order of mapping is that of drawing.
    for (const auto& popup : server.popups().living()) {
        const auto surface = popup->shown_surface();
        if (!surface || root_of(popup->parent()) != xdg) continue;
        if (const auto at = surface_origin(server, *popup->xdg_surface())) {
            builder.add_tree(surface, *at, 0);
        }
    }
}

bool same_place(const View& a, const View& b) {
    return a.id == b.id && a.device == b.device;
}

void add_missing(const Scene& from, const Scene& in, Region& region) {
    for (const View& view : from) {
        const bool found = std::any_of(in.begin(), in.end(),
                                       [&](const View& other) { return same_place(view, other); });
        if (!found) {
            region.add(
                bounded(view.device.x, view.device.y, view.device.width, view.device.height));
        }
    }
}

std::vector<const View*> common(const Scene& of, const Scene& with) {
    std::vector<const View*> all;
    for (const View& view : of) {
        if (std::any_of(with.begin(), with.end(),
                        [&](const View& other) { return same_place(view, other); })) {
            all.push_back(&view);
        }
    }
    return all;
}

}  // namespace

Scene build_scene(const Server& server) {
    Builder builder(server.scale());
    for (const auto& window : server.windows().visible()) add_window(server, *window, builder);
    return builder.take();
}

Region difference(const Scene& before, const Scene& after) {
    Region region;
    if (std::equal(before.begin(), before.end(), after.begin(), after.end(), same_place)) {
        return region;
    }
    add_missing(before, after, region);
    add_missing(after, before, region);
    const auto old_order = common(before, after);
    const auto new_order = common(after, before);
    for (std::size_t i = 0; i < std::min(old_order.size(), new_order.size()); ++i) {
        if (old_order[i]->id == new_order[i]->id) continue;
        for (const View* view : {old_order[i], new_order[i]}) {
            region.add(
                bounded(view->device.x, view->device.y, view->device.width, view->device.height));
        }
    }
    return region;
}

std::optional<Hit> pick(const Scene& scene, double x, double y) {
    for (auto view = scene.rbegin(); view != scene.rend(); ++view) {
        auto surface = view->surface.lock();
        if (!surface) continue;
        const double local_x = x - view->logical.x;
        const double local_y = y - view->logical.y;
        if (surface->takes_input_at(local_x, local_y)) {
            return Hit{std::move(surface), local_x, local_y};
        }
    }
    return std::nullopt;
}

}  // namespace shoji::compositor
