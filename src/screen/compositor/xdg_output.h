// xdg_output: the output's size in logical pixels, which wl_output cannot tell at a fractional
// scale. Chromium gives it to pages as screen.width and screen.height.
#pragma once

#include "screen/compositor/compositor.h"
#include "screen/compositor/weak_list.h"

#include <memory>

namespace shoji::compositor {

class Server;

class XdgOutputs {
  public:
    static void offer(Server& server);
    // To be followed by wl_output.done, which makes it valid.
    void tell(Size size, int scale);
    void add(const std::shared_ptr<Object>& object) { objects_.add(object); }

  private:
    WeakList<Object> objects_;
};

}  // namespace shoji::compositor
