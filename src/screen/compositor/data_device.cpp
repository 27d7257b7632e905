#include "screen/compositor/data_device.h"

#include "screen/compositor/server.h"

#include <utility>

#include <wayland-server-protocol.h>

namespace shoji::compositor {
namespace {

constexpr int version = 3;

void start_drag(wl_client* /*client*/, wl_resource* resource, wl_resource* source,
                wl_resource* /*origin*/, wl_resource* icon_resource, std::uint32_t /*serial*/) {
    const auto icon = object_of<Surface>(icon_resource);
    if (icon && !icon->take_role(RoleKind::drag_icon, nullptr)) {
        wl_resource_post_error(resource, WL_DATA_DEVICE_ERROR_ROLE, "the icon has another role");
        return;
    }
    Server& server = object_of<ServerObject>(resource)->server;
    server.data_devices().start_drag(object_of<DataSource>(source), source != nullptr);
}

void set_selection(wl_client* /*client*/, wl_resource* resource, wl_resource* source,
                   std::uint32_t /*serial*/) {
    Server& server = object_of<ServerObject>(resource)->server;
    server.data_devices().set_selection(object_of<DataSource>(source));
}

const struct wl_data_device_interface device_requests = {
    .start_drag = start_drag, .set_selection = set_selection, .release = destroy_request};

void get_data_device(wl_client* client, wl_resource* resource, std::uint32_t id,
                     wl_resource* /*seat*/) {
    Server& server = object_of<ServerObject>(resource)->server;
    server.data_devices().create(client, wl_resource_get_version(resource), id);
}

const struct wl_data_device_manager_interface manager_requests = {
    .create_data_source = create_data_source, .get_data_device = get_data_device};

void bind_manager(wl_client* client, void* data, std::uint32_t bound, std::uint32_t id) {
    make_resource(client, wl_data_device_manager_interface, static_cast<int>(bound), id,
                  &manager_requests, std::make_shared<ServerObject>(*static_cast<Server*>(data)));
}

}  // namespace

void DataDevices::offer(Server& server) {
    server.offer(wl_data_device_manager_interface, version, bind_manager);
}

void DataDevices::create(wl_client* client, int bound, std::uint32_t id) {
    const auto device = std::make_shared<ServerObject>(server_);
    if (make_resource(client, wl_data_device_interface, bound, id, &device_requests, device) !=
        nullptr) {
        devices_.add(device);
    }
}

void DataDevices::set_selection(const std::shared_ptr<DataSource>& source) {
    const auto before = selection_.lock();
    if (before && before != source) before->cancel();
    selection_ = source;
}

void DataDevices::start_drag(const std::shared_ptr<DataSource>& source, bool has_source) {
    // Without a button down, or in the midst of a drag, there is nothing to begin.
    if (dragging_ || !server_.seat().pointer().begin_drag()) {
        if (source) source->cancel();
        return;
    }
    dragging_ = true;
    has_source_ = has_source;
    source_ = source;
    server_.seat().pointer().refresh();
}

void DataDevices::leave() {
    const bool had_focus = focus_.lock() != nullptr;
    focus_.reset();
    offer_.reset();
    if (!had_focus) return;
    for (const auto& device : devices_.living()) wl_data_device_send_leave(device->resource());
}

// Chromium has one data device; others would need an offer each.
void DataDevices::enter(const Hit& hit) {
    const auto devices = devices_.living();
    if (devices.empty() || hit.surface->resource() == nullptr) return;
    const auto source = source_.lock();
    if (has_source_ && !source) return;
    wl_resource* device = devices.front()->resource();
    const auto offer = source ? DataOffer::introduce(device, source) : nullptr;
    if (source && !offer) return;
    focus_ = hit.surface;
    offer_ = offer;
    sent_x_ = hit.x;
    sent_y_ = hit.y;
    wl_data_device_send_enter(device, server_.next_serial(), hit.surface->resource(),
                              wl_fixed_from_double(hit.x), wl_fixed_from_double(hit.y),
                              offer ? offer->resource() : nullptr);
}

void DataDevices::drag_to(const std::optional<Hit>& hit) {
    const auto focus = focus_.lock();
    if (!hit || hit->surface != focus) {
        leave();
        if (hit) enter(*hit);
        return;
    }
    if (sent_x_ == hit->x && sent_y_ == hit->y) return;
    sent_x_ = hit->x;
    sent_y_ = hit->y;
    for (const auto& device : devices_.living()) {
        wl_data_device_send_motion(device->resource(), server_.milliseconds(),
                                   wl_fixed_from_double(hit->x), wl_fixed_from_double(hit->y));
    }
}

void DataDevices::drop() {
    if (!std::exchange(dragging_, false)) return;
    const auto source = std::exchange(source_, {}).lock();
    const auto offer = offer_.lock();
    const bool wanted = focus_.lock() && (!has_source_ || (source && offer && offer->accepted()));
    if (!wanted) {
        leave();
        if (source) source->cancel();
        return;
    }
    for (const auto& device : devices_.living()) wl_data_device_send_drop(device->resource());
    if (offer) offer->dropped();
    if (source && source->resource() != nullptr &&
        wl_resource_get_version(source->resource()) >=
            WL_DATA_SOURCE_DND_DROP_PERFORMED_SINCE_VERSION) {
        wl_data_source_send_dnd_drop_performed(source->resource());
    }
    focus_.reset();
    offer_.reset();
}

}  // namespace shoji::compositor
