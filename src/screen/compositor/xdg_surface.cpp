#include "screen/compositor/xdg_surface.h"

#include "screen/compositor/limits.h"
#include "screen/compositor/popup.h"
#include "screen/compositor/positioner_requests.h"
#include "screen/compositor/server.h"
#include "screen/compositor/toplevel.h"
#include "xdg-shell-server-protocol.h"

#include <utility>

namespace shoji::compositor {
namespace {

constexpr int version = 5;

void set_window_geometry(wl_client* /*client*/, wl_resource* resource, std::int32_t x,
                         std::int32_t y, std::int32_t width, std::int32_t height) {
    const auto surface = object_of<XdgSurface>(resource);
    if (!surface->has_window()) {
        wl_resource_post_error(resource, XDG_SURFACE_ERROR_NOT_CONSTRUCTED, "no role yet");
        return;
    }
    if (width < 1 || height < 1) {
        wl_resource_post_error(resource, XDG_SURFACE_ERROR_INVALID_SIZE, "an empty window");
        return;
    }
    const Rectangle geometry = bounded(x, y, width, height);
    if (geometry.width > 0) surface->set_geometry(geometry);
}

void ack_configure(wl_client* /*client*/, wl_resource* resource, std::uint32_t serial) {
    const auto surface = object_of<XdgSurface>(resource);
    if (!surface->has_window()) {
        wl_resource_post_error(resource, XDG_SURFACE_ERROR_NOT_CONSTRUCTED, "no role yet");
        return;
    }
    surface->acknowledge(serial);
}

void destroy_xdg_surface(wl_client* /*client*/, wl_resource* resource) {
    if (object_of<XdgSurface>(resource)->has_window()) {
        wl_resource_post_error(resource, XDG_SURFACE_ERROR_DEFUNCT_ROLE_OBJECT,
                               "its window or popup must be destroyed first");
        return;
    }
    wl_resource_destroy(resource);
}

const struct xdg_surface_interface surface_requests = {.destroy = destroy_xdg_surface,
                                                       .get_toplevel = create_toplevel,
                                                       .get_popup = create_popup,
                                                       .set_window_geometry = set_window_geometry,
                                                       .ack_configure = ack_configure};

void get_xdg_surface(wl_client* client, wl_resource* resource, std::uint32_t id,
                     wl_resource* surface_resource) {
    const auto surface = object_of<Surface>(surface_resource);
    if (surface->has_content() || surface->pending().has_buffer) {
        wl_resource_post_error(resource, XDG_WM_BASE_ERROR_INVALID_SURFACE_STATE,
                               "the surface has a buffer already");
        return;
    }
    const auto kind = surface->role_kind();
    const bool fits =
        kind == RoleKind::none || kind == RoleKind::toplevel || kind == RoleKind::popup;
    if (!fits || surface->role() != nullptr) {
        wl_resource_post_error(resource, XDG_WM_BASE_ERROR_ROLE, "the surface has a role already");
        return;
    }
    auto xdg_surface = std::make_shared<XdgSurface>(surface);
    surface->reserve_role(xdg_surface);
    make_resource(client, xdg_surface_interface, wl_resource_get_version(resource), id,
                  &surface_requests, xdg_surface);
}

// A client that never answers is the owner's to end, when its page stops changing; no ping is sent.
const struct xdg_wm_base_interface shell_requests = {
    .destroy = destroy_request,
    .create_positioner = create_positioner,
    .get_xdg_surface = get_xdg_surface,
    .pong = [](wl_client*, wl_resource*, std::uint32_t) {}};

void bind_shell(wl_client* client, void* /*data*/, std::uint32_t bound, std::uint32_t id) {
    make_resource(client, xdg_wm_base_interface, static_cast<int>(bound), id, &shell_requests,
                  std::make_shared<Object>());
}

}  // namespace

bool XdgSurface::take(const std::shared_ptr<XdgRole>& window) {
    const auto own = surface();
    if (!own || has_window() || !own->take_role(window->kind(), self<XdgSurface>())) return false;
    window_ = window;
    return true;
}

void XdgSurface::window_destroyed() {
    window_.reset();
    mapped_ = false;
    started_ = false;
    acknowledged_ = false;
    any_open_ = false;
    server_.scene_changed();
}

void XdgSurface::destroyed() {
    server_.scene_changed();
}

Rectangle XdgSurface::geometry() const {
    const auto own = surface();
    const Size size = own ? own->size() : Size{};
    const Rectangle all{0, 0, size.width, size.height};
    if (!geometry_) return all;
    const Rectangle inside = intersection(*geometry_, all);
    return inside.width > 0 ? inside : all;
}

void XdgSurface::configure() {
    const auto window = window_.lock();
    if (!started_ || !window || resource() == nullptr) return;
    window->send_configure();
    const std::uint32_t serial = server_.next_serial();
    if (!std::exchange(any_open_, true)) first_open_ = serial;
    last_sent_ = serial;
    xdg_surface_send_configure(resource(), serial);
}

void XdgSurface::acknowledge(std::uint32_t serial) {
    // Serials wrap around; differences do not mind.
    const bool open = any_open_ && serial - first_open_ <= last_sent_ - first_open_;
    if (!open) {
        wl_resource_post_error(resource(), XDG_SURFACE_ERROR_INVALID_SERIAL,
                               "no such configure is waiting");
        return;
    }
    first_open_ = serial + 1;
    any_open_ = serial != last_sent_;
    acknowledged_ = true;
    const auto window = window_.lock();
    if (window && !any_open_) window->acknowledged();
}

bool XdgSurface::may_commit(const SurfaceState& pending) {
    if (!has_window()) {
        wl_resource_post_error(resource(), XDG_SURFACE_ERROR_NOT_CONSTRUCTED, "no role yet");
        return false;
    }
    if (pending.attached && pending.has_buffer && !acknowledged_) {
        wl_resource_post_error(resource(), XDG_SURFACE_ERROR_UNCONFIGURED_BUFFER,
                               "a buffer before the first configure was acknowledged");
        return false;
    }
    return true;
}

void XdgSurface::committed() {
    const auto own = surface();
    const auto window = window_.lock();
    if (!own || !window) return;
    if (pending_geometry_) geometry_ = std::exchange(pending_geometry_, {});
    if (own->has_content()) {
        if (!std::exchange(mapped_, true)) window->mapped();
    } else if (mapped_) {
        unmap();
        window->unmapped();
    } else if (!started_) {
        started_ = true;
        configure();
    }
}

void XdgSurface::unmap() {
    mapped_ = false;
    started_ = false;
    acknowledged_ = false;
    any_open_ = false;
    geometry_.reset();
}

void offer_shell(Server& server) {
    server.offer(xdg_wm_base_interface, version, bind_shell);
}

}  // namespace shoji::compositor
