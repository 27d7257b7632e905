#include "screen/compositor/data_source.h"

#include "core/base/file_descriptor.h"

#include <algorithm>
#include <utility>

#include <wayland-server-protocol.h>

namespace shoji::compositor {
namespace {

constexpr std::size_t most_types = 64;
constexpr std::size_t longest_type = 256;
constexpr std::uint32_t all_actions = WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY |
                                      WL_DATA_DEVICE_MANAGER_DND_ACTION_MOVE |
                                      WL_DATA_DEVICE_MANAGER_DND_ACTION_ASK;

void offer_type(wl_client* client, wl_resource* resource, const char* type) {
    if (!object_of<DataSource>(resource)->add_type(type)) wl_client_post_no_memory(client);
}

void set_source_actions(wl_client* /*client*/, wl_resource* resource, std::uint32_t actions) {
    if ((actions & ~all_actions) != 0) {
        wl_resource_post_error(resource, WL_DATA_SOURCE_ERROR_INVALID_ACTION_MASK,
                               "no such action");
        return;
    }
    object_of<DataSource>(resource)->set_actions(actions);
}

const struct wl_data_source_interface source_requests = {
    .offer = offer_type, .destroy = destroy_request, .set_actions = set_source_actions};

const struct wl_data_offer_interface offer_requests = {
    .accept = [](wl_client*, wl_resource* resource, std::uint32_t,
                 const char* type) { object_of<DataOffer>(resource)->accept(type); },
    .receive = [](wl_client*, wl_resource* resource, const char* type,
                  std::int32_t fd) { object_of<DataOffer>(resource)->receive(type, fd); },
    .destroy = destroy_request,
    .finish = [](wl_client*, wl_resource* resource) { object_of<DataOffer>(resource)->finish(); },
    .set_actions =
        [](wl_client*, wl_resource* resource, std::uint32_t actions, std::uint32_t preferred) {
            object_of<DataOffer>(resource)->set_actions(actions & all_actions, preferred);
        }};

std::uint32_t choose(std::uint32_t possible, std::uint32_t preferred) {
    if ((possible & preferred) != 0) return possible & preferred;
    return possible & (~possible + 1);  // the lowest bit: copy before move before ask
}

}  // namespace

bool DataSource::add_type(std::string_view type) {
    if (types_.size() >= most_types || type.size() > longest_type) return false;
    types_.emplace_back(type);
    return true;
}

bool DataSource::has_type(std::string_view type) const {
    return std::find(types_.begin(), types_.end(), type) != types_.end();
}

void DataSource::cancel() {
    if (resource() != nullptr) wl_data_source_send_cancelled(resource());
}

std::shared_ptr<DataOffer> DataOffer::introduce(wl_resource* device,
                                                const std::shared_ptr<DataSource>& source) {
    auto offer = std::make_shared<DataOffer>(source);
    const int version = wl_resource_get_version(device);
    wl_resource* resource = make_resource(wl_resource_get_client(device), wl_data_offer_interface,
                                          version, 0, &offer_requests, offer);
    if (resource == nullptr) return nullptr;
    wl_data_device_send_data_offer(device, resource);
    for (const std::string& type : source->types()) {
        wl_data_offer_send_offer(resource, type.c_str());
    }
    if (version >= WL_DATA_OFFER_SOURCE_ACTIONS_SINCE_VERSION) {
        wl_data_offer_send_source_actions(resource, source->actions());
    }
    return offer;
}

void DataOffer::accept(const char* type) {
    const auto source = source_.lock();
    if (!source || source->resource() == nullptr) return;
    accepted_ = type != nullptr && source->has_type(type);
    wl_data_source_send_target(source->resource(), accepted_ ? type : nullptr);
}

void DataOffer::receive(const char* type, int descriptor) {
    const base::FileDescriptor target(descriptor);
    const auto source = source_.lock();
    if (!source || source->resource() == nullptr || !source->has_type(type)) return;
    wl_data_source_send_send(source->resource(), type, target.get());
}

void DataOffer::finish() {
    const auto source = source_.lock();
    if (!std::exchange(dropped_, false) || !source || source->resource() == nullptr) return;
    if (wl_resource_get_version(source->resource()) >= WL_DATA_SOURCE_DND_FINISHED_SINCE_VERSION) {
        wl_data_source_send_dnd_finished(source->resource());
    }
}

void DataOffer::set_actions(std::uint32_t actions, std::uint32_t preferred) {
    const auto source = source_.lock();
    if (!source || source->resource() == nullptr) return;
    const std::uint32_t action = choose(actions & source->actions(), preferred);
    if (action == std::exchange(action_, action)) return;
    if (wl_resource_get_version(resource()) >= WL_DATA_OFFER_ACTION_SINCE_VERSION) {
        wl_data_offer_send_action(resource(), action);
    }
    if (wl_resource_get_version(source->resource()) >= WL_DATA_SOURCE_ACTION_SINCE_VERSION) {
        wl_data_source_send_action(source->resource(), action);
    }
}

void DataOffer::destroyed() {
    const auto source = source_.lock();
    if (std::exchange(dropped_, false) && source) source->cancel();
}

void create_data_source(wl_client* client, wl_resource* manager, std::uint32_t id) {
    make_resource(client, wl_data_source_interface, wl_resource_get_version(manager), id,
                  &source_requests, std::make_shared<DataSource>());
}

}  // namespace shoji::compositor
