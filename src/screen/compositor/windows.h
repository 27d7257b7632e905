// The client's windows in the order in which they lie on one another: the newest is on top.
#pragma once

#include "screen/compositor/toplevel.h"
#include "screen/compositor/weak_list.h"

#include <memory>
#include <vector>

namespace shoji::compositor {

class Windows {
  public:
    // From its making on; it lies in no order before it is shown.
    void created(const std::shared_ptr<Toplevel>& window) { all_.add(window); }
    [[nodiscard]] std::vector<std::shared_ptr<Toplevel>> all() const { return all_.living(); }
    // Shown on top of the others; and no more.
    void add(const std::shared_ptr<Toplevel>& window);
    void remove(const Toplevel& window);

    // Those that have something to show, the lowest first.
    [[nodiscard]] std::vector<std::shared_ptr<Toplevel>> shown() const;
    // The highest of shown() that is not a dialog, and all above it: what can be seen.
    [[nodiscard]] std::vector<std::shared_ptr<Toplevel>> visible() const;
    // Null when there is none.
    [[nodiscard]] std::shared_ptr<Toplevel> top() const;
    // How many that are not dialogs.
    [[nodiscard]] int count() const;
    // The top one alone is active.
    void activate_top() const;

  private:
    WeakList<Toplevel> all_;
    std::vector<std::weak_ptr<Toplevel>> stack_;
};

}  // namespace shoji::compositor
