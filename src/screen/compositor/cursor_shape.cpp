#include "screen/compositor/cursor_shape.h"

#include "cursor-shape-v1-server-protocol.h"
#include "screen/compositor/server.h"

#include <memory>

namespace shoji::compositor {
namespace {

constexpr int version = 1;

void set_shape(wl_client* /*client*/, wl_resource* resource, std::uint32_t /*serial*/,
               std::uint32_t shape) {
    if (shape < cursor_default || shape > cursor_last) {
        wl_resource_post_error(resource, WP_CURSOR_SHAPE_DEVICE_V1_ERROR_INVALID_SHAPE,
                               "no such shape");
        return;
    }
    object_of<ServerObject>(resource)->server.set_cursor(static_cast<std::uint8_t>(shape));
}

const struct wp_cursor_shape_device_v1_interface device_requests = {.destroy = destroy_request,
                                                                    .set_shape = set_shape};

void get_device(wl_client* client, wl_resource* resource, std::uint32_t id,
                wl_resource* /*pointer*/) {
    Server& server = object_of<ServerObject>(resource)->server;
    make_resource(client, wp_cursor_shape_device_v1_interface, version, id, &device_requests,
                  std::make_shared<ServerObject>(server));
}

const struct wp_cursor_shape_manager_v1_interface manager_requests = {
    .destroy = destroy_request, .get_pointer = get_device, .get_tablet_tool_v2 = get_device};

void bind_manager(wl_client* client, void* data, std::uint32_t bound, std::uint32_t id) {
    make_resource(client, wp_cursor_shape_manager_v1_interface, static_cast<int>(bound), id,
                  &manager_requests, std::make_shared<ServerObject>(*static_cast<Server*>(data)));
}

}  // namespace

void offer_cursor_shapes(Server& server) {
    server.offer(wp_cursor_shape_manager_v1_interface, version, bind_manager);
}

}  // namespace shoji::compositor
