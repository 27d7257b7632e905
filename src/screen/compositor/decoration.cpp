#include "screen/compositor/decoration.h"

#include "screen/compositor/server.h"
#include "screen/compositor/toplevel.h"
#include "xdg-decoration-unstable-v1-server-protocol.h"

#include <memory>
#include <utility>

namespace shoji::compositor {
namespace {

constexpr int version = 1;

class Decoration : public Object {
  public:
    explicit Decoration(std::weak_ptr<Toplevel> toplevel) : toplevel_(std::move(toplevel)) {}
    void answer() {
        const auto toplevel = toplevel_.lock();
        if (!toplevel) return;
        zxdg_toplevel_decoration_v1_send_configure(resource(),
                                                   ZXDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE);
        toplevel->configure_if_started();
    }

  private:
    std::weak_ptr<Toplevel> toplevel_;
};

const struct zxdg_toplevel_decoration_v1_interface decoration_requests = {
    .destroy = destroy_request,
    .set_mode = [](wl_client*, wl_resource* resource,
                   std::uint32_t) { object_of<Decoration>(resource)->answer(); },
    .unset_mode = [](wl_client*,
                     wl_resource* resource) { object_of<Decoration>(resource)->answer(); }};

void get_decoration(wl_client* client, wl_resource* resource, std::uint32_t id,
                    wl_resource* toplevel_resource) {
    const auto toplevel = object_of<Toplevel>(toplevel_resource);
    if (!toplevel->decoration_object.expired()) {
        wl_resource_post_error(resource, ZXDG_TOPLEVEL_DECORATION_V1_ERROR_ALREADY_CONSTRUCTED,
                               "one a window");
        return;
    }
    auto decoration = std::make_shared<Decoration>(toplevel);
    toplevel->decoration_object = decoration;
    if (make_resource(client, zxdg_toplevel_decoration_v1_interface, version, id,
                      &decoration_requests, decoration) != nullptr) {
        decoration->answer();
    }
}

const struct zxdg_decoration_manager_v1_interface manager_requests = {
    .destroy = destroy_request, .get_toplevel_decoration = get_decoration};

void bind_manager(wl_client* client, void* /*data*/, std::uint32_t bound, std::uint32_t id) {
    make_resource(client, zxdg_decoration_manager_v1_interface, static_cast<int>(bound), id,
                  &manager_requests, std::make_shared<Object>());
}

}  // namespace

void offer_decoration(Server& server) {
    server.offer(zxdg_decoration_manager_v1_interface, version, bind_manager);
}

}  // namespace shoji::compositor
