#include "screen/compositor/seat.h"

#include "screen/compositor/server.h"

#include <memory>

#include <wayland-server-protocol.h>

namespace shoji::compositor {
namespace {

constexpr int version = 8;

Seat& seat_of(wl_resource* resource) {
    return object_of<ServerObject>(resource)->server.seat();
}

const struct wl_seat_interface seat_requests = {
    .get_pointer =
        [](wl_client* client, wl_resource* resource, std::uint32_t id) {
            seat_of(resource).pointer().create(client, wl_resource_get_version(resource), id);
        },
    .get_keyboard =
        [](wl_client* client, wl_resource* resource, std::uint32_t id) {
            seat_of(resource).keyboard().create(client, wl_resource_get_version(resource), id);
        },
    .get_touch =
        [](wl_client*, wl_resource* resource, std::uint32_t) {
            wl_resource_post_error(resource, WL_SEAT_ERROR_MISSING_CAPABILITY, "no touch screen");
        },
    .release = destroy_request};

void bind_seat(wl_client* client, void* data, std::uint32_t bound, std::uint32_t id) {
    wl_resource* resource =
        make_resource(client, wl_seat_interface, static_cast<int>(bound), id, &seat_requests,
                      std::make_shared<ServerObject>(*static_cast<Server*>(data)));
    if (resource == nullptr) return;
    wl_seat_send_capabilities(resource, WL_SEAT_CAPABILITY_POINTER | WL_SEAT_CAPABILITY_KEYBOARD);
    if (bound >= WL_SEAT_NAME_SINCE_VERSION) wl_seat_send_name(resource, "seat");
}

}  // namespace

void Seat::offer(Server& server) {
    server.offer(wl_seat_interface, version, bind_seat);
}

}  // namespace shoji::compositor
