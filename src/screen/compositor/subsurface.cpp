#include "screen/compositor/subsurface.h"

#include "screen/compositor/limits.h"
#include "screen/compositor/server.h"

#include <algorithm>

#include <wayland-server-protocol.h>

namespace shoji::compositor {
namespace {

constexpr int version = 1;

std::shared_ptr<Subsurface> subsurface_of(const Surface& surface) {
    return std::dynamic_pointer_cast<Subsurface>(surface.role());
}

// How many parents lie above `surface`; max_depth when they are too many, or `avoid` is one of
// them.
int depth_of(std::shared_ptr<Surface> surface, const Surface* avoid) {
    for (int depth = 0; depth < max_depth; ++depth) {
        if (surface.get() == avoid) return max_depth;
        const auto link = subsurface_of(*surface);
        surface = link ? link->parent() : nullptr;
        if (!surface) return depth;
    }
    return max_depth;
}

void set_position(wl_client* /*client*/, wl_resource* resource, std::int32_t x, std::int32_t y) {
    object_of<Subsurface>(resource)->set_position({std::clamp(x, -max_coordinate, max_coordinate),
                                                   std::clamp(y, -max_coordinate, max_coordinate)});
}

void place(wl_resource* resource, wl_resource* sibling_resource, bool above) {
    const auto subsurface = object_of<Subsurface>(resource);
    const auto sibling = object_of<Surface>(sibling_resource);
    const auto parent = subsurface->parent();
    if (!parent) return;
    const auto link = sibling == parent ? nullptr : subsurface_of(*sibling);
    const bool related = sibling == parent || (link && link != subsurface);
    if (!related || !parent->restack(subsurface, link.get(), above)) {
        wl_resource_post_error(resource, WL_SUBSURFACE_ERROR_BAD_SURFACE, "not a sibling");
    }
}

const struct wl_subsurface_interface subsurface_requests = {
    .destroy = destroy_request,
    .set_position = set_position,
    .place_above = [](wl_client*, wl_resource* resource,
                      wl_resource* sibling) { place(resource, sibling, true); },
    .place_below = [](wl_client*, wl_resource* resource,
                      wl_resource* sibling) { place(resource, sibling, false); },
    .set_sync =
        [](wl_client*, wl_resource* resource) {
            object_of<Subsurface>(resource)->set_synchronised(true);
        },
    .set_desync =
        [](wl_client*, wl_resource* resource) {
            object_of<Subsurface>(resource)->set_synchronised(false);
        }};

void get_subsurface(wl_client* client, wl_resource* resource, std::uint32_t id,
                    wl_resource* surface_resource, wl_resource* parent_resource) {
    const auto surface = object_of<Surface>(surface_resource);
    const auto parent = object_of<Surface>(parent_resource);
    auto subsurface = std::make_shared<Subsurface>(surface, parent);
    if (depth_of(parent, surface.get()) >= max_depth ||
        !surface->take_role(RoleKind::subsurface, subsurface)) {
        wl_resource_post_error(resource, WL_SUBCOMPOSITOR_ERROR_BAD_SURFACE,
                               "the surface cannot be a part of that one");
        return;
    }
    if (make_resource(client, wl_subsurface_interface, version, id, &subsurface_requests,
                      subsurface) != nullptr) {
        parent->add_subsurface(subsurface);
    }
}

const struct wl_subcompositor_interface subcompositor_requests = {.destroy = destroy_request,
                                                                  .get_subsurface = get_subsurface};

void bind_subcompositor(wl_client* client, void* /*data*/, std::uint32_t bound, std::uint32_t id) {
    make_resource(client, wl_subcompositor_interface, static_cast<int>(bound), id,
                  &subcompositor_requests, std::make_shared<Object>());
}

}  // namespace

bool Subsurface::synchronised() const {
    if (synchronised_) return true;
    const auto above = parent();
    const auto link = above ? subsurface_of(*above) : nullptr;
    return link && link->synchronised();
}

void Subsurface::parent_committed() {
    position_ = pending_position_;
    const auto own = surface();
    if (own && synchronised()) own->apply_cached();
}

void Subsurface::set_synchronised(bool synchronised) {
    const bool before = this->synchronised();
    synchronised_ = synchronised;
    const auto own = surface();
    if (own && before && !this->synchronised()) own->apply_cached();
}

void Subsurface::destroyed() {
    if (const auto above = parent()) {
        above->remove_subsurface(*this);
        above->server().scene_changed();
    }
}

void offer_subsurfaces(Server& server) {
    server.offer(wl_subcompositor_interface, version, bind_subcompositor);
}

}  // namespace shoji::compositor
