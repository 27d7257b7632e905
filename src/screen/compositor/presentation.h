// wp_presentation: when a commit's pixels became part of the picture. Chromium times its animations
// by it.
#pragma once

#include "screen/compositor/resource.h"

#include <chrono>

namespace shoji::compositor {

class Server;

class PresentationFeedback : public Object {
  public:
    // Each ends the object.
    void present(std::chrono::nanoseconds when);  // CLOCK_MONOTONIC
    void discard();
};

void offer_presentation(Server& server);

}  // namespace shoji::compositor
