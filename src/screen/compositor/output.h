// wl_output: the one screen, as large as the viewer's window.
#pragma once

#include "screen/compositor/compositor.h"
#include "screen/compositor/weak_list.h"

#include <memory>

namespace shoji::compositor {

class Server;

class Output {
  public:
    static void offer(Server& server);
    // To all who bound it: its new size in device pixels and scale in 1/120.
    void tell(Size size, int scale);
    void add(const std::shared_ptr<Object>& object) { objects_.add(object); }
    // Ends a group of events to one who bound it.
    static void send_done(wl_resource* output);

  private:
    WeakList<Object> objects_;
};

}  // namespace shoji::compositor
