// Something that acts again and again: a person's browser, a service of the machine, an attack.
#pragma once

#include "watch/detect/city/plan.h"
#include "watch/event/activity.h"

#include <limits>

namespace shoji::city {

class Source {
  public:
    static constexpr Time never = std::numeric_limits<Time>::max();

    explicit Source(Time first) : due_(first) {}
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;

    // When it acts next; `never` once it is done.
    [[nodiscard]] Time due() const { return due_; }
    // Fills `activity`, which is empty but for its time, due(), and sets a new due time, no earlier
    // than this one. The texts live in the world or in the source and stand until the source acts
    // again.
    virtual void act(event::Activity& activity) = 0;

  protected:
    void set_due(Time time) { due_ = time; }

  private:
    Time due_;
};

}  // namespace shoji::city
