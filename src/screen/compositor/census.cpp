#include "screen/compositor/census.h"

#include "screen/compositor/limits.h"

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

namespace shoji::compositor {
namespace {

struct Limit {
    std::string_view interface;
    int most;
};

// All interfaces that are not listed share other_objects. A frame callback lives until its frame
// is shown.
constexpr int all_objects = 2048;
constexpr int other_objects = 256;
constexpr std::array limits{
    Limit{"wl_buffer", 256},
    Limit{"wl_shm_pool", 128},
    Limit{"wl_surface", 128},
    Limit{"wl_subsurface", 96},
    Limit{"wl_region", 64},
    Limit{"wl_callback", 512},
    Limit{"xdg_surface", 96},
    Limit{"xdg_toplevel", 64},
    Limit{"xdg_popup", 64},
    Limit{"xdg_positioner", 64},
    Limit{"wp_viewport", 128},
    Limit{"wp_fractional_scale_v1", 128},
    Limit{"wl_data_offer", 64},
    Limit{"wl_data_source", 64},
    Limit{"wp_presentation_feedback", 512},
    Limit{"zxdg_toplevel_decoration_v1", 64},
};

struct Count {
    wl_client* client = nullptr;
    int all = 0;
    int others = 0;
    std::array<int, limits.size()> of{};

    int& by_interface(std::string_view name) {
        for (std::size_t i = 0; i < limits.size(); ++i) {
            if (limits.at(i).interface == name) return of.at(i);
        }
        return others;
    }
};

int most_of(std::string_view name) {
    for (const Limit& limit : limits) {
        if (limit.interface == name) return limit.most;
    }
    return other_objects;
}

// The listeners come first in their structures, so that a wl_listener* is a pointer to the whole.
// The count is shared: the client's own destruction destroys objects before and after it.
struct ObjectWatch {
    wl_listener listener{};
    std::shared_ptr<Count> count;
    int* of_interface = nullptr;
};
struct ClientWatch {
    wl_listener created{};
    std::shared_ptr<Count> count;
};
struct ClientEnd {
    wl_listener gone{};
    ClientWatch* watch = nullptr;
};

void on_object_destroyed(wl_listener* listener, void* /*resource*/) {
    auto* watch = reinterpret_cast<ObjectWatch*>(listener);
    --watch->count->all;
    --*watch->of_interface;
    delete watch;
}

void on_object_created(wl_listener* listener, void* data) {
    const auto* client_watch = reinterpret_cast<ClientWatch*>(listener);
    auto* resource = static_cast<wl_resource*>(data);
    const std::string_view name = wl_resource_get_class(resource);
    const auto& count = client_watch->count;

    auto* watch = new ObjectWatch;
    watch->count = count;
    watch->of_interface = &count->by_interface(name);
    watch->listener.notify = on_object_destroyed;
    wl_resource_add_destroy_listener(resource, &watch->listener);

    ++count->all;
    ++*watch->of_interface;
    const bool too_many = count->all > all_objects || *watch->of_interface > most_of(name);
    // Ids from 0xff000000 on are the server's own.
    const auto id = wl_resource_get_id(resource);
    const bool id_too_high = id > max_object_id && id < 0xff000000U;
    if (too_many || id_too_high) wl_client_post_no_memory(count->client);
}

void on_client_gone(wl_listener* listener, void* /*client*/) {
    auto* end = reinterpret_cast<ClientEnd*>(listener);
    wl_list_remove(&end->watch->created.link);
    delete end->watch;
    delete end;
}

}  // namespace

void take_census(wl_client* client) {
    auto* watch = new ClientWatch;
    watch->count = std::make_shared<Count>();
    watch->count->client = client;
    watch->created.notify = on_object_created;
    wl_client_add_resource_created_listener(client, &watch->created);
    auto* end = new ClientEnd;
    end->watch = watch;
    end->gone.notify = on_client_gone;
    wl_client_add_destroy_listener(client, &end->gone);
}

}  // namespace shoji::compositor
