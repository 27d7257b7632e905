// Ownership of protocol objects. Each wl_resource owns one Object; everything else refers to it by
// weak_ptr, or by a shared_ptr for the length of a call, so that the order in which a client
// destroys its objects cannot leave a dangling reference.
#pragma once

#include <cstdint>
#include <memory>

#include <wayland-server-core.h>

namespace shoji::compositor {

class Object : public std::enable_shared_from_this<Object> {
  public:
    Object() = default;
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;
    virtual ~Object() = default;

    // Null before make_resource() and once the client has destroyed it, or is gone.
    [[nodiscard]] wl_resource* resource() const { return resource_; }

    template <class T>
    std::shared_ptr<T> self() {
        return std::static_pointer_cast<T>(shared_from_this());
    }

  protected:
    // The resource is being destroyed; resource() is null already.
    virtual void destroyed() {}

  private:
    friend struct ResourceOwner;
    wl_resource* resource_ = nullptr;
};

// Makes the client's new object `id`, owned by it from now on. Null when memory is short; the
// client has been told.
wl_resource* make_resource(wl_client* client, const wl_interface& interface, int version,
                           std::uint32_t id, const void* requests, std::shared_ptr<Object> object);

// The object behind a resource that make_resource() made as a T; null for a null resource.
template <class T>
std::shared_ptr<T> object_of(wl_resource* resource) {
    if (resource == nullptr) return nullptr;
    auto* owner = static_cast<std::shared_ptr<Object>*>(wl_resource_get_user_data(resource));
    return std::static_pointer_cast<T>(*owner);
}

// The implementation of every destructor request.
void destroy_request(wl_client* client, wl_resource* resource);

}  // namespace shoji::compositor
