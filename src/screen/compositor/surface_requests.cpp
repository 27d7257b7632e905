// The requests of wl_compositor, wl_surface and wl_region.
#include "screen/compositor/limits.h"
#include "screen/compositor/server.h"
#include "screen/compositor/surface.h"

#include <optional>
#include <utility>

#include <wayland-server-protocol.h>

namespace shoji::compositor {
namespace {

constexpr int version = 5;

class RegionObject : public Object {
  public:
    Region region;
};

void change_region(wl_resource* resource, const Rectangle& rectangle, bool add) {
    Region& region = object_of<RegionObject>(resource)->region;
    if (add) {
        region.add(rectangle);
    } else {
        region.subtract(rectangle);
    }
    if (region.count() > max_region_rectangles) {
        wl_client_post_no_memory(wl_resource_get_client(resource));
    }
}

const struct wl_region_interface region_requests = {
    .destroy = destroy_request,
    .add = [](wl_client*, wl_resource* resource, std::int32_t x, std::int32_t y, std::int32_t width,
              std::int32_t height) { change_region(resource, bounded(x, y, width, height), true); },
    .subtract =
        [](wl_client*, wl_resource* resource, std::int32_t x, std::int32_t y, std::int32_t width,
           std::int32_t height) { change_region(resource, bounded(x, y, width, height), false); }};

SurfaceState& pending(wl_resource* resource) {
    return object_of<Surface>(resource)->pending();
}

void attach(wl_client* /*client*/, wl_resource* resource, wl_resource* buffer, std::int32_t x,
            std::int32_t y) {
    if ((x != 0 || y != 0) &&
        wl_resource_get_version(resource) >= WL_SURFACE_OFFSET_SINCE_VERSION) {
        wl_resource_post_error(resource, WL_SURFACE_ERROR_INVALID_OFFSET, "attach with an offset");
        return;
    }
    SurfaceState& state = pending(resource);
    state.attached = true;
    state.has_buffer = buffer != nullptr;
    state.buffer = object_of<Buffer>(buffer);
}

void damage(wl_client* /*client*/, wl_resource* resource, std::int32_t x, std::int32_t y,
            std::int32_t width, std::int32_t height) {
    Region& region = pending(resource).surface_damage;
    region.add(bounded(x, y, width, height));
    region.simplify(max_damage_rectangles);
}

void damage_buffer(wl_client* /*client*/, wl_resource* resource, std::int32_t x, std::int32_t y,
                   std::int32_t width, std::int32_t height) {
    Region& region = pending(resource).buffer_damage;
    region.add(bounded(x, y, width, height));
    region.simplify(max_damage_rectangles);
}

void frame(wl_client* client, wl_resource* resource, std::uint32_t id) {
    auto callback = std::make_shared<FrameCallback>();
    if (make_resource(client, wl_callback_interface, 1, id, nullptr, callback) == nullptr) return;
    pending(resource).frames.push_back(std::move(callback));
}

void set_opaque_region(wl_client* /*client*/, wl_resource* resource, wl_resource* region) {
    pending(resource).opaque =
        region == nullptr ? Region() : object_of<RegionObject>(region)->region;
}

void set_input_region(wl_client* /*client*/, wl_resource* resource, wl_resource* region) {
    auto& input = pending(resource).input;
    input.reset();
    if (region != nullptr) input = object_of<RegionObject>(region)->region;
}

void set_buffer_transform(wl_client* /*client*/, wl_resource* resource, std::int32_t transform) {
    if (transform != WL_OUTPUT_TRANSFORM_NORMAL) {
        // The output is never turned, so that nobody has a reason to draw sideways.
        wl_resource_post_error(resource, WL_SURFACE_ERROR_INVALID_TRANSFORM, "not transformed");
    }
}

void set_buffer_scale(wl_client* /*client*/, wl_resource* resource, std::int32_t scale) {
    constexpr std::int32_t highest = 8;
    if (scale < 1 || scale > highest) {
        wl_resource_post_error(resource, WL_SURFACE_ERROR_INVALID_SCALE, "a scale is 1 to 8");
        return;
    }
    pending(resource).buffer_scale = scale;
}

const struct wl_surface_interface surface_requests = {
    .destroy = destroy_request,
    .attach = attach,
    .damage = damage,
    .frame = frame,
    .set_opaque_region = set_opaque_region,
    .set_input_region = set_input_region,
    .commit = [](wl_client*, wl_resource* resource) { object_of<Surface>(resource)->commit(); },
    .set_buffer_transform = set_buffer_transform,
    .set_buffer_scale = set_buffer_scale,
    .damage_buffer = damage_buffer,
    // Only cursors and drag icons move by it, and neither is drawn here.
    .offset = [](wl_client*, wl_resource*, std::int32_t, std::int32_t) {}};

void create_surface(wl_client* client, wl_resource* resource, std::uint32_t id) {
    Server& server = object_of<ServerObject>(resource)->server;
    make_resource(client, wl_surface_interface, wl_resource_get_version(resource), id,
                  &surface_requests, std::make_shared<Surface>(server));
}

void create_region(wl_client* client, wl_resource* /*resource*/, std::uint32_t id) {
    make_resource(client, wl_region_interface, 1, id, &region_requests,
                  std::make_shared<RegionObject>());
}

const struct wl_compositor_interface compositor_requests = {.create_surface = create_surface,
                                                            .create_region = create_region};

void bind_compositor(wl_client* client, void* data, std::uint32_t bound, std::uint32_t id) {
    make_resource(client, wl_compositor_interface, static_cast<int>(bound), id,
                  &compositor_requests,
                  std::make_shared<ServerObject>(*static_cast<Server*>(data)));
}

}  // namespace

void offer_surfaces(Server& server) {
    server.offer(wl_compositor_interface, version, bind_compositor);
}

}  // namespace shoji::compositor
