// Where events go: detection, a spool, a person's screen.
#pragma once

#include "watch/event/event.h"

namespace shoji::sensor {

class Sink {
  public:
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    virtual ~Sink() = default;
    // The event and its texts are good until this returns.
    virtual void take(const event::Event& event) = 0;
    // Nothing more comes for a moment: what is held back for the sake of speed goes out.
    virtual void pause() {}
};

}  // namespace shoji::sensor
