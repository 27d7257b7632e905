#include "screen/compositor/resource.h"

#include <utility>

namespace shoji::compositor {

struct ResourceOwner {
    static void attach(Object& object, wl_resource* resource) { object.resource_ = resource; }
    static void on_destroy(wl_resource* resource) {
        auto* owner = static_cast<std::shared_ptr<Object>*>(wl_resource_get_user_data(resource));
        (*owner)->resource_ = nullptr;
        (*owner)->destroyed();
        delete owner;
    }
};

wl_resource* make_resource(wl_client* client, const wl_interface& interface, int version,
                           std::uint32_t id, const void* requests, std::shared_ptr<Object> object) {
    wl_resource* resource = wl_resource_create(client, &interface, version, id);
    if (resource == nullptr) {
        wl_client_post_no_memory(client);
        return nullptr;
    }
    ResourceOwner::attach(*object, resource);
    auto owner = std::make_unique<std::shared_ptr<Object>>(std::move(object));
    wl_resource_set_implementation(resource, requests, owner.release(), ResourceOwner::on_destroy);
    return resource;
}

void destroy_request(wl_client* /*client*/, wl_resource* resource) {
    wl_resource_destroy(resource);
}

}  // namespace shoji::compositor
