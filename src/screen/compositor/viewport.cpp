#include "screen/compositor/viewport.h"

#include "screen/compositor/limits.h"
#include "screen/compositor/server.h"
#include "screen/compositor/surface.h"
#include "viewporter-server-protocol.h"

#include <memory>
#include <utility>

namespace shoji::compositor {
namespace {

constexpr int version = 1;

class Viewport : public Object {
  public:
    explicit Viewport(std::weak_ptr<Surface> surface) : surface_(std::move(surface)) {}
    // Null, with an error posted, when the surface is gone.
    ViewportState* pending() {
        const auto surface = surface_.lock();
        if (surface && surface->resource() != nullptr) return &surface->pending().viewport;
        wl_resource_post_error(resource(), WP_VIEWPORT_ERROR_NO_SURFACE, "the surface is gone");
        return nullptr;
    }

  protected:
    void destroyed() override {
        if (const auto surface = surface_.lock()) surface->pending().viewport = {};
    }

  private:
    std::weak_ptr<Surface> surface_;
};

void set_source(wl_client* /*client*/, wl_resource* resource, wl_fixed_t x, wl_fixed_t y,
                wl_fixed_t width, wl_fixed_t height) {
    ViewportState* state = object_of<Viewport>(resource)->pending();
    if (state == nullptr) return;
    const wl_fixed_t none = wl_fixed_from_int(-1);
    if (x == none && y == none && width == none && height == none) {
        state->source.reset();
    } else if (x < 0 || y < 0 || width <= 0 || height <= 0) {
        wl_resource_post_error(resource, WP_VIEWPORT_ERROR_BAD_VALUE, "bad source");
    } else {
        state->source = {x, y, width, height};
    }
}

void set_destination(wl_client* /*client*/, wl_resource* resource, std::int32_t width,
                     std::int32_t height) {
    ViewportState* state = object_of<Viewport>(resource)->pending();
    if (state == nullptr) return;
    if (width == -1 && height == -1) {
        state->destination.reset();
    } else if (width < 1 || height < 1 || width > max_side || height > max_side) {
        wl_resource_post_error(resource, WP_VIEWPORT_ERROR_BAD_VALUE, "bad destination");
    } else {
        state->destination = {width, height};
    }
}

const struct wp_viewport_interface viewport_requests = {
    .destroy = destroy_request, .set_source = set_source, .set_destination = set_destination};

void get_viewport(wl_client* client, wl_resource* resource, std::uint32_t id,
                  wl_resource* surface_resource) {
    const auto surface = object_of<Surface>(surface_resource);
    if (!surface->viewport_object.expired()) {
        wl_resource_post_error(resource, WP_VIEWPORTER_ERROR_VIEWPORT_EXISTS, "one a surface");
        return;
    }
    auto viewport = std::make_shared<Viewport>(surface);
    surface->viewport_object = viewport;
    make_resource(client, wp_viewport_interface, version, id, &viewport_requests, viewport);
}

const struct wp_viewporter_interface viewporter_requests = {.destroy = destroy_request,
                                                            .get_viewport = get_viewport};

void bind_viewporter(wl_client* client, void* /*data*/, std::uint32_t bound, std::uint32_t id) {
    make_resource(client, wp_viewporter_interface, static_cast<int>(bound), id,
                  &viewporter_requests, std::make_shared<Object>());
}

}  // namespace

void offer_viewports(Server& server) {
    server.offer(wp_viewporter_interface, version, bind_viewporter);
}

}  // namespace shoji::compositor
