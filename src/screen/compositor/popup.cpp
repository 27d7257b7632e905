#include "screen/compositor/popup.h"

#include "screen/compositor/limits.h"
#include "screen/compositor/placement.h"
#include "screen/compositor/positioner_requests.h"
#include "screen/compositor/scaling.h"
#include "screen/compositor/server.h"
#include "xdg-shell-server-protocol.h"

#include <utility>

namespace shoji::compositor {
namespace {

void reposition(wl_client* /*client*/, wl_resource* resource, wl_resource* positioner,
                std::uint32_t token) {
    const auto& rules = object_of<Positioner>(positioner)->rules;
    if (!rules.complete()) {
        wl_resource_post_error(resource, XDG_WM_BASE_ERROR_INVALID_POSITIONER, "incomplete");
        return;
    }
    object_of<Popup>(resource)->reposition(rules, token);
}

// With one client and one seat a grab needs no check of its serial: there is nobody to take the
// input from.
const struct xdg_popup_interface popup_requests = {
    .destroy = destroy_request,
    .grab = [](wl_client*, wl_resource* resource, wl_resource*,
               std::uint32_t) { object_of<Popup>(resource)->grab(); },
    .reposition = reposition};

// How many popups lie under one whose parent is `parent`.
int depth_of(std::shared_ptr<XdgSurface> parent) {
    int depth = 0;
    while (parent && depth < max_depth) {
        const auto popup = std::dynamic_pointer_cast<Popup>(parent->window());
        parent = popup ? popup->parent() : nullptr;
        ++depth;
    }
    return depth;
}

}  // namespace

std::shared_ptr<Surface> Popup::shown_surface() const {
    const auto xdg = xdg_surface();
    auto surface = xdg && xdg->is_mapped() && !dismissed_ ? xdg->surface() : nullptr;
    return surface && surface->has_content() ? surface : nullptr;
}

void Popup::dismiss() {
    if (std::exchange(dismissed_, true) || resource() == nullptr) return;
    xdg_popup_send_popup_done(resource());
    server_.scene_changed();
}

void Popup::compute_place() {
    const Size screen = to_logical_extent(server_.size(), server_.scale());
    const auto above = parent();
    const auto origin = above ? geometry_origin(server_, *above) : std::nullopt;
    const Position at = origin.value_or(Position{});
    place_ = place_popup(rules_, {-at.x, -at.y, screen.width, screen.height});
}

void Popup::reposition(const PopupRules& rules, std::uint32_t token) {
    rules_ = rules;
    xdg_popup_send_repositioned(resource(), token);
    if (const auto xdg = xdg_surface()) xdg->configure();
    server_.scene_changed();
}

void Popup::send_configure() {
    compute_place();
    xdg_popup_send_configure(resource(), place_.x, place_.y, place_.width, place_.height);
}

void Popup::mapped() {
    server_.popups().add(self<Popup>());
}
void Popup::unmapped() {
    grabs_ = false;
}

void Popup::destroyed() {
    if (const auto xdg = xdg_surface()) xdg->window_destroyed();
}

void create_popup(wl_client* client, wl_resource* xdg_resource, std::uint32_t id,
                  wl_resource* parent_resource, wl_resource* positioner) {
    const auto xdg = object_of<XdgSurface>(xdg_resource);
    const auto parent = object_of<XdgSurface>(parent_resource);
    const auto& rules = object_of<Positioner>(positioner)->rules;
    if (!parent || parent == xdg || !parent->has_window() || depth_of(parent) >= max_depth) {
        wl_resource_post_error(xdg_resource, XDG_WM_BASE_ERROR_INVALID_POPUP_PARENT,
                               "no parent, or one too deep");
        return;
    }
    if (!rules.complete()) {
        wl_resource_post_error(xdg_resource, XDG_WM_BASE_ERROR_INVALID_POSITIONER, "incomplete");
        return;
    }
    const auto popup = std::make_shared<Popup>(xdg, parent, rules);
    if (!xdg->take(popup)) {
        wl_resource_post_error(xdg_resource, XDG_SURFACE_ERROR_ALREADY_CONSTRUCTED,
                               "it has another role, or the surface is gone");
        return;
    }
    make_resource(client, xdg_popup_interface, wl_resource_get_version(xdg_resource), id,
                  &popup_requests, popup);
}

}  // namespace shoji::compositor
