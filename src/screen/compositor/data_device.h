// wl_data_device_manager: dragging inside the client's own pages. Chromium crashes at the first
// drag when it is not offered. A selection (clipboard) is taken and told to nobody: the client
// keeps what it copied itself.
#pragma once

#include "screen/compositor/data_source.h"
#include "screen/compositor/scene.h"
#include "screen/compositor/weak_list.h"

#include <memory>
#include <optional>

namespace shoji::compositor {

class Server;

class DataDevices {
  public:
    explicit DataDevices(Server& server) : server_(server) {}
    static void offer(Server& server);

    // wl_data_device_manager.get_data_device
    void create(wl_client* client, int version, std::uint32_t id);

    // A drag, which takes over the pointer until all buttons are up. `source` may be null: then the
    // client knows itself what it drags.
    void start_drag(const std::shared_ptr<DataSource>& source, bool has_source);
    [[nodiscard]] bool dragging() const { return dragging_; }
    void drag_to(const std::optional<Hit>& hit);
    void drop();
    void set_selection(const std::shared_ptr<DataSource>& source);

  private:
    void leave();
    void enter(const Hit& hit);

    Server& server_;
    WeakList<Object> devices_;
    std::weak_ptr<DataSource> selection_;

    bool dragging_ = false;
    bool has_source_ = false;
    std::weak_ptr<DataSource> source_;
    std::weak_ptr<DataOffer> offer_;
    std::weak_ptr<Surface> focus_;
    double sent_x_ = 0;  // in the focus, logical
    double sent_y_ = 0;
};

}  // namespace shoji::compositor
