// wp_fractional_scale_v1: tells the client at which scale to draw a surface, so that text is crisp
// at 1.25 and 1.5 too.
#pragma once

#include "screen/compositor/weak_list.h"

#include <memory>

namespace shoji::compositor {

class Server;

class FractionalScales {
  public:
    static void offer(Server& server);
    // The output's scale, in 1/120, to all surfaces that asked.
    void tell(int scale);
    void add(const std::shared_ptr<Object>& object) { objects_.add(object); }

  private:
    WeakList<Object> objects_;
};

}  // namespace shoji::compositor
