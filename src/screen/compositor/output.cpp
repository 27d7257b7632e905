#include "screen/compositor/output.h"

#include "screen/compositor/scaling.h"
#include "screen/compositor/server.h"

#include <wayland-server-protocol.h>

namespace shoji::compositor {
namespace {

constexpr int version = 4;
constexpr int refresh_millihertz = 60000;

const struct wl_output_interface output_requests = {.release = destroy_request};

void describe(wl_resource* resource, Size size, int scale) {
    const int bound = wl_resource_get_version(resource);
    wl_output_send_mode(resource, WL_OUTPUT_MODE_CURRENT | WL_OUTPUT_MODE_PREFERRED, size.width,
                        size.height, refresh_millihertz);
    if (bound >= WL_OUTPUT_SCALE_SINCE_VERSION) {
        wl_output_send_scale(resource, (scale + scale_unit - 1) / scale_unit);
    }
    Output::send_done(resource);
}

void bind_output(wl_client* client, void* data, std::uint32_t bound, std::uint32_t id) {
    Server& server = *static_cast<Server*>(data);
    auto object = std::make_shared<Object>();
    wl_resource* resource = make_resource(client, wl_output_interface, static_cast<int>(bound), id,
                                          &output_requests, object);
    if (resource == nullptr) return;
    server.output().add(object);
    wl_output_send_geometry(resource, 0, 0, 0, 0, WL_OUTPUT_SUBPIXEL_UNKNOWN, "Shoji", "screen",
                            WL_OUTPUT_TRANSFORM_NORMAL);
    if (bound >= WL_OUTPUT_NAME_SINCE_VERSION) wl_output_send_name(resource, "screen");
    describe(resource, server.size(), server.scale());
}

}  // namespace

void Output::offer(Server& server) {
    server.offer(wl_output_interface, version, bind_output);
}

void Output::tell(Size size, int scale) {
    for (const auto& object : objects_.living()) describe(object->resource(), size, scale);
}

void Output::send_done(wl_resource* output) {
    if (wl_resource_get_version(output) >= WL_OUTPUT_DONE_SINCE_VERSION) {
        wl_output_send_done(output);
    }
}

}  // namespace shoji::compositor
