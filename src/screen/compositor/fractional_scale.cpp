#include "screen/compositor/fractional_scale.h"

#include "fractional-scale-v1-server-protocol.h"
#include "screen/compositor/server.h"
#include "screen/compositor/surface.h"

namespace shoji::compositor {
namespace {

constexpr int version = 1;

const struct wp_fractional_scale_v1_interface scale_requests = {.destroy = destroy_request};

void get_fractional_scale(wl_client* client, wl_resource* resource, std::uint32_t id,
                          wl_resource* surface_resource) {
    const auto surface = object_of<Surface>(surface_resource);
    if (!surface->fractional_scale_object.expired()) {
        wl_resource_post_error(resource,
                               WP_FRACTIONAL_SCALE_MANAGER_V1_ERROR_FRACTIONAL_SCALE_EXISTS,
                               "one a surface");
        return;
    }
    Server& server = object_of<ServerObject>(resource)->server;
    auto object = std::make_shared<Object>();
    surface->fractional_scale_object = object;
    wl_resource* made = make_resource(client, wp_fractional_scale_v1_interface, version, id,
                                      &scale_requests, object);
    if (made == nullptr) return;
    server.fractional_scales().add(object);
    wp_fractional_scale_v1_send_preferred_scale(made, static_cast<std::uint32_t>(server.scale()));
}

const struct wp_fractional_scale_manager_v1_interface manager_requests = {
    .destroy = destroy_request, .get_fractional_scale = get_fractional_scale};

void bind_manager(wl_client* client, void* data, std::uint32_t bound, std::uint32_t id) {
    make_resource(client, wp_fractional_scale_manager_v1_interface, static_cast<int>(bound), id,
                  &manager_requests, std::make_shared<ServerObject>(*static_cast<Server*>(data)));
}

}  // namespace

void FractionalScales::offer(Server& server) {
    server.offer(wp_fractional_scale_manager_v1_interface, version, bind_manager);
}

void FractionalScales::tell(int scale) {
    for (const auto& object : objects_.living()) {
        wp_fractional_scale_v1_send_preferred_scale(object->resource(),
                                                    static_cast<std::uint32_t>(scale));
    }
}

}  // namespace shoji::compositor
