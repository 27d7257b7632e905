#include "screen/compositor/pointer.h"

#include "screen/compositor/cursor_shape.h"
#include "screen/compositor/popup.h"
#include "screen/compositor/scaling.h"
#include "screen/compositor/server.h"

#include <utility>

#include <linux/input-event-codes.h>
#include <wayland-server-protocol.h>

namespace shoji::compositor {
namespace {

constexpr int notch = 120;
// What compositors send for one notch, by convention; Chromium divides by it.
constexpr double notch_distance = 10.0;

void set_cursor(wl_client* /*client*/, wl_resource* resource, std::uint32_t /*serial*/,
                wl_resource* surface_resource, std::int32_t /*x*/, std::int32_t /*y*/) {
    Server& server = object_of<ServerObject>(resource)->server;
    const auto surface = object_of<Surface>(surface_resource);
    if (surface && !surface->take_role(RoleKind::cursor, nullptr)) {
        wl_resource_post_error(resource, WL_POINTER_ERROR_ROLE, "the surface has another role");
        return;
    }
    // Only the viewer draws cursors, and it knows shapes, not pictures.
    server.set_cursor(surface ? cursor_default : cursor_hidden);
}

const struct wl_pointer_interface pointer_requests = {.set_cursor = set_cursor,
                                                      .release = destroy_request};

std::uint32_t code_of(Button button) {
    switch (button) {
        case Button::middle:
            return BTN_MIDDLE;
        case Button::right:
            return BTN_RIGHT;
        case Button::back:
            return BTN_SIDE;
        case Button::forward:
            return BTN_EXTRA;
        case Button::left:
            break;
    }
    return BTN_LEFT;
}

}  // namespace

void Pointer::create(wl_client* client, int version, std::uint32_t id) {
    auto object = std::make_shared<ServerObject>(server_);
    wl_resource* resource =
        make_resource(client, wl_pointer_interface, version, id, &pointer_requests, object);
    if (resource == nullptr) return;
    objects_.add(object);
    if (const auto surface = focus(); surface && surface->resource() != nullptr) {
        wl_pointer_send_enter(resource, server_.next_serial(), surface->resource(),
                              wl_fixed_from_double(sent_x_), wl_fixed_from_double(sent_y_));
        send_frame(resource);
    }
}

void Pointer::send_frame(wl_resource* resource) const {
    if (wl_resource_get_version(resource) >= WL_POINTER_FRAME_SINCE_VERSION) {
        wl_pointer_send_frame(resource);
    }
}

std::optional<Hit> Pointer::target() const {
    if (!place_) return std::nullopt;
    const double x = to_logical(place_->x, server_.scale());
    const double y = to_logical(place_->y, server_.scale());
    const auto held = focus();
    if (pressed_.empty() || !held || server_.data_devices().dragging())
        return pick(server_.scene(), x, y);
    for (const View& view : server_.scene()) {
        if (view.id == held->id()) return Hit{held, x - view.logical.x, y - view.logical.y};
    }
    // It is hidden now, but has to hear of the release.
    return Hit{held, sent_x_, sent_y_};
}

void Pointer::set_focus(const std::optional<Hit>& hit) {
    const auto before = focus();
    const auto after = hit ? hit->surface : nullptr;
    for (const auto& object : objects_.living()) {
        wl_resource* resource = object->resource();
        if (before && before->resource() != nullptr) {
            wl_pointer_send_leave(resource, server_.next_serial(), before->resource());
        }
        if (after && after->resource() != nullptr) {
            wl_pointer_send_enter(resource, server_.next_serial(), after->resource(),
                                  wl_fixed_from_double(hit->x), wl_fixed_from_double(hit->y));
        }
        send_frame(resource);
    }
    focus_ = after;
    if (hit) {
        sent_x_ = hit->x;
        sent_y_ = hit->y;
    }
}

void Pointer::refresh() {
    const auto hit = target();
    if (server_.data_devices().dragging()) {
        server_.data_devices().drag_to(hit);
        return;
    }
    if ((hit ? hit->surface : nullptr) != focus()) {
        set_focus(hit);
        return;
    }
    if (!hit || (hit->x == sent_x_ && hit->y == sent_y_)) return;
    // Only the last place counts for a client that is behind.
    if (server_.congested()) return;
    sent_x_ = hit->x;
    sent_y_ = hit->y;
    for (const auto& object : objects_.living()) {
        wl_pointer_send_motion(object->resource(), server_.milliseconds(),
                               wl_fixed_from_double(hit->x), wl_fixed_from_double(hit->y));
        send_frame(object->resource());
    }
}

bool Pointer::begin_drag() {
    if (pressed_.empty() || !focus()) return false;
    set_focus(std::nullopt);
    return true;
}

void Pointer::move(int x, int y) {
    place_ = Place{x, y};
    refresh();
}

void Pointer::send_button(std::uint32_t code, bool pressed) {
    if (!focus()) return;
    for (const auto& object : objects_.living()) {
        wl_pointer_send_button(
            object->resource(), server_.next_serial(), server_.milliseconds(), code,
            pressed ? WL_POINTER_BUTTON_STATE_PRESSED : WL_POINTER_BUTTON_STATE_RELEASED);
        send_frame(object->resource());
    }
}

void Pointer::button(Button button, bool pressed) {
    const std::uint32_t code = code_of(button);
    if (pressed) {
        if (!pressed_.insert(code).second) return;
        if (!focus()) server_.dismiss_popups();
        send_button(code, true);
        return;
    }
    if (pressed_.erase(code) == 0) return;
    send_button(code, false);
    if (!pressed_.empty()) return;
    server_.data_devices().drop();
    refresh();
}

void Pointer::wheel(int dx, int dy) {
    if (!focus()) return;
    const int whole_x = (wheel_x_ += dx) / notch;
    const int whole_y = (wheel_y_ += dy) / notch;
    wheel_x_ %= notch;
    wheel_y_ %= notch;
    for (const auto& object : objects_.living()) {
        wl_resource* resource = object->resource();
        const int version = wl_resource_get_version(resource);
        const auto axis = [&](std::uint32_t which, int amount, int whole) {
            if (amount == 0) return;
            if (version >= WL_POINTER_AXIS_VALUE120_SINCE_VERSION) {
                wl_pointer_send_axis_value120(resource, which, amount);
            } else if (version >= WL_POINTER_AXIS_DISCRETE_SINCE_VERSION && whole != 0) {
                wl_pointer_send_axis_discrete(resource, which, whole);
            }
            wl_pointer_send_axis(resource, server_.milliseconds(), which,
                                 wl_fixed_from_double(amount * notch_distance / notch));
        };
        if (version >= WL_POINTER_AXIS_SOURCE_SINCE_VERSION) {
            wl_pointer_send_axis_source(resource, WL_POINTER_AXIS_SOURCE_WHEEL);
        }
        axis(WL_POINTER_AXIS_VERTICAL_SCROLL, dy, whole_y);
        axis(WL_POINTER_AXIS_HORIZONTAL_SCROLL, dx, whole_x);
        send_frame(resource);
    }
}

void Pointer::release_all() {
    for (const std::uint32_t code : std::exchange(pressed_, {})) send_button(code, false);
    server_.data_devices().drop();
    refresh();
}

}  // namespace shoji::compositor
