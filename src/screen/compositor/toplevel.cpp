#include "screen/compositor/toplevel.h"

#include "screen/compositor/scaling.h"
#include "screen/compositor/server.h"
#include "xdg-shell-server-protocol.h"

#include <array>
#include <utility>
#include <vector>

namespace shoji::compositor {
namespace {

// wl_array is what libwayland takes; it only reads it here.
wl_array array_of(std::vector<std::uint32_t>& values) {
    const std::size_t bytes = values.size() * sizeof(std::uint32_t);
    return {bytes, bytes, values.data()};
}

Toplevel& window(wl_resource* resource) {
    return *object_of<Toplevel>(resource);
}

// Where the user would move, shrink or hide a window there is nothing to do: each fills the output.
// Its title and its program's name are not shown, so they are not kept.
const struct xdg_toplevel_interface toplevel_requests = {
    .destroy = destroy_request,
    .set_parent = [](wl_client*, wl_resource* resource,
                     wl_resource* parent) { window(resource).set_parent(parent != nullptr); },
    .set_title = [](wl_client*, wl_resource*, const char*) {},
    .set_app_id = [](wl_client*, wl_resource*, const char*) {},
    .show_window_menu = [](wl_client*, wl_resource*, wl_resource*, std::uint32_t, std::int32_t,
                           std::int32_t) {},
    .move = [](wl_client*, wl_resource*, wl_resource*, std::uint32_t) {},
    .resize = [](wl_client*, wl_resource*, wl_resource*, std::uint32_t, std::uint32_t) {},
    .set_max_size = [](wl_client*, wl_resource*, std::int32_t, std::int32_t) {},
    .set_min_size = [](wl_client*, wl_resource*, std::int32_t, std::int32_t) {},
    .set_maximized = [](wl_client*,
                        wl_resource* resource) { window(resource).configure_if_started(); },
    .unset_maximized = [](wl_client*,
                          wl_resource* resource) { window(resource).configure_if_started(); },
    .set_fullscreen = [](wl_client*, wl_resource* resource,
                         wl_resource*) { window(resource).set_full_screen(true); },
    .unset_fullscreen = [](wl_client*,
                           wl_resource* resource) { window(resource).set_full_screen(false); },
    .set_minimized = [](wl_client*, wl_resource*) {}};

}  // namespace

// Chromium shows a page's second window with tabs and an address field, but not when it is told to
// be full screen.
Toplevel::Toplevel(const std::shared_ptr<XdgSurface>& xdg_surface)
    : server_(xdg_surface->server()),
      xdg_surface_(xdg_surface),
      always_(server_.windows().count() > 0) {}

std::shared_ptr<Surface> Toplevel::shown_surface() const {
    const auto xdg = xdg_surface();
    auto surface = xdg && xdg->is_mapped() ? xdg->surface() : nullptr;
    return surface && surface->has_content() ? surface : nullptr;
}

void Toplevel::close() {
    if (resource() != nullptr) xdg_toplevel_send_close(resource());
}

void Toplevel::set_full_screen(bool full_screen) {
    // Chromium tells the page that full screen is over when its size changes, which it does on a
    // desktop. Here it would not: for a moment the window is a row shorter.
    leaving_ = !full_screen && page_is_full_screen();
    full_screen_ = full_screen;
    configure_if_started();
    server_.scene_changed();
}

void Toplevel::set_parent(bool has_parent) {
    dialog_ = has_parent;
    configure_if_started();
    server_.scene_changed();
}

void Toplevel::set_active(bool active) {
    if (active_ == active) return;
    active_ = active;
    configure_if_started();
}

void Toplevel::configure_if_started() {
    if (const auto xdg = xdg_surface()) xdg->configure();
}

void Toplevel::send_configure() {
    const int bound = wl_resource_get_version(resource());
    Size size = to_logical_extent(server_.size(), server_.scale());
    if (leaving_ && size.height > 1) --size.height;
    if (bound >= XDG_TOPLEVEL_WM_CAPABILITIES_SINCE_VERSION) {
        std::vector<std::uint32_t> capabilities{XDG_TOPLEVEL_WM_CAPABILITIES_MAXIMIZE,
                                                XDG_TOPLEVEL_WM_CAPABILITIES_FULLSCREEN};
        wl_array array = array_of(capabilities);
        xdg_toplevel_send_wm_capabilities(resource(), &array);
    }
    if (bound >= XDG_TOPLEVEL_CONFIGURE_BOUNDS_SINCE_VERSION) {
        xdg_toplevel_send_configure_bounds(resource(), size.width, size.height);
    }
    std::vector<std::uint32_t> states;
    if (active_) states.push_back(XDG_TOPLEVEL_STATE_ACTIVATED);
    if (!is_dialog()) states.push_back(XDG_TOPLEVEL_STATE_MAXIMIZED);
    if (full_screen_ || (always_ && !dialog_)) states.push_back(XDG_TOPLEVEL_STATE_FULLSCREEN);
    wl_array array = array_of(states);
    // A dialog knows best how large it has to be.
    const Size told = is_dialog() ? Size{0, 0} : size;
    xdg_toplevel_send_configure(resource(), told.width, told.height, &array);
}

void Toplevel::acknowledged() {
    if (std::exchange(leaving_, false)) configure_if_started();
}

void Toplevel::mapped() {
    server_.windows().add(self<Toplevel>());
}

void Toplevel::unmapped() {
    server_.windows().remove(*this);
    full_screen_ = false;
    leaving_ = false;
}

void Toplevel::destroyed() {
    server_.windows().remove(*this);
    if (const auto xdg = xdg_surface()) xdg->window_destroyed();
}

void create_toplevel(wl_client* client, wl_resource* xdg_resource, std::uint32_t id) {
    const auto xdg = object_of<XdgSurface>(xdg_resource);
    const auto toplevel = std::make_shared<Toplevel>(xdg);
    if (!xdg->take(toplevel)) {
        wl_resource_post_error(xdg_resource, XDG_SURFACE_ERROR_ALREADY_CONSTRUCTED,
                               "it has another role, or the surface is gone");
        return;
    }
    if (make_resource(client, xdg_toplevel_interface, wl_resource_get_version(xdg_resource), id,
                      &toplevel_requests, toplevel) != nullptr) {
        xdg->server().windows().created(toplevel);
    }
}

}  // namespace shoji::compositor
