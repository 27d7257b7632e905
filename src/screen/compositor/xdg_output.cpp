#include "screen/compositor/xdg_output.h"

#include "screen/compositor/scaling.h"
#include "screen/compositor/server.h"
#include "xdg-output-unstable-v1-server-protocol.h"

namespace shoji::compositor {
namespace {

constexpr int version = 3;

const struct zxdg_output_v1_interface output_requests = {.destroy = destroy_request};

void describe(wl_resource* resource, Size size, int scale) {
    const Size logical = to_logical_extent(size, scale);
    zxdg_output_v1_send_logical_position(resource, 0, 0);
    zxdg_output_v1_send_logical_size(resource, logical.width, logical.height);
}

void get_xdg_output(wl_client* client, wl_resource* resource, std::uint32_t id,
                    wl_resource* output) {
    Server& server = object_of<ServerObject>(resource)->server;
    const auto object = std::make_shared<Object>();
    const int bound = wl_resource_get_version(resource);
    wl_resource* made =
        make_resource(client, zxdg_output_v1_interface, bound, id, &output_requests, object);
    if (made == nullptr) return;
    server.xdg_outputs().add(object);
    if (bound >= ZXDG_OUTPUT_V1_NAME_SINCE_VERSION) zxdg_output_v1_send_name(made, "screen");
    describe(made, server.size(), server.scale());
    Output::send_done(output);
}

const struct zxdg_output_manager_v1_interface manager_requests = {.destroy = destroy_request,
                                                                  .get_xdg_output = get_xdg_output};

void bind_manager(wl_client* client, void* data, std::uint32_t bound, std::uint32_t id) {
    make_resource(client, zxdg_output_manager_v1_interface, static_cast<int>(bound), id,
                  &manager_requests, std::make_shared<ServerObject>(*static_cast<Server*>(data)));
}

}  // namespace

void XdgOutputs::offer(Server& server) {
    server.offer(zxdg_output_manager_v1_interface, version, bind_manager);
}

void XdgOutputs::tell(Size size, int scale) {
    for (const auto& object : objects_.living()) describe(object->resource(), size, scale);
}

}  // namespace shoji::compositor
