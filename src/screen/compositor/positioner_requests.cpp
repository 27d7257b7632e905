#include "screen/compositor/positioner_requests.h"

#include "screen/compositor/limits.h"
#include "screen/compositor/region.h"
#include "xdg-shell-server-protocol.h"

#include <algorithm>
#include <memory>

namespace shoji::compositor {
namespace {

PopupRules& rules_of(wl_resource* resource) {
    return object_of<Positioner>(resource)->rules;
}

void refuse(wl_resource* resource) {
    wl_resource_post_error(resource, XDG_POSITIONER_ERROR_INVALID_INPUT, "out of range");
}

bool in_range(int value) {
    return value >= -max_coordinate && value <= max_coordinate;
}

void set_size(wl_client* /*client*/, wl_resource* resource, std::int32_t width,
              std::int32_t height) {
    if (width < 1 || height < 1 || width > max_side || height > max_side) return refuse(resource);
    rules_of(resource).size = {width, height};
}

void set_anchor_rect(wl_client* /*client*/, wl_resource* resource, std::int32_t x, std::int32_t y,
                     std::int32_t width, std::int32_t height) {
    const bool good = in_range(x) && in_range(y) && in_range(width) && in_range(height);
    if (!good || width < 0 || height < 0) return refuse(resource);
    rules_of(resource).anchor = {x, y, width, height};
    rules_of(resource).anchor_set = true;
}

void set_anchor(wl_client* /*client*/, wl_resource* resource, std::uint32_t anchor) {
    if (anchor > XDG_POSITIONER_ANCHOR_BOTTOM_RIGHT) return refuse(resource);
    rules_of(resource).anchor_edge = anchor;
}

void set_gravity(wl_client* /*client*/, wl_resource* resource, std::uint32_t gravity) {
    if (gravity > XDG_POSITIONER_GRAVITY_BOTTOM_RIGHT) return refuse(resource);
    rules_of(resource).gravity = gravity;
}

void set_offset(wl_client* /*client*/, wl_resource* resource, std::int32_t x, std::int32_t y) {
    if (!in_range(x) || !in_range(y)) return refuse(resource);
    rules_of(resource).offset_x = x;
    rules_of(resource).offset_y = y;
}

const struct xdg_positioner_interface positioner_requests = {
    .destroy = destroy_request,
    .set_size = set_size,
    .set_anchor_rect = set_anchor_rect,
    .set_anchor = set_anchor,
    .set_gravity = set_gravity,
    .set_constraint_adjustment = [](wl_client*, wl_resource* resource,
                                    std::uint32_t bits) { rules_of(resource).adjustment = bits; },
    .set_offset = set_offset,
    // A popup keeps its place until the client moves it, so that what the parent will be does not
    // matter.
    .set_reactive = [](wl_client*, wl_resource*) {},
    .set_parent_size = [](wl_client*, wl_resource*, std::int32_t, std::int32_t) {},
    .set_parent_configure = [](wl_client*, wl_resource*, std::uint32_t) {}};

}  // namespace

void create_positioner(wl_client* client, wl_resource* shell, std::uint32_t id) {
    make_resource(client, xdg_positioner_interface, wl_resource_get_version(shell), id,
                  &positioner_requests, std::make_shared<Positioner>());
}

}  // namespace shoji::compositor
