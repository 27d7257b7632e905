// The client's windows in the order in which they lie on one another: the newest is on top.
#pragma once

#include <memory>
#include <vector>

namespace shoji::compositor {

class Toplevel;

class Windows {
  public:
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
    std::vector<std::weak_ptr<Toplevel>> stack_;
};

}  // namespace shoji::compositor
