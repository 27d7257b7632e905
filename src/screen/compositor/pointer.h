// wl_pointer: where the mouse is and which surface hears of it. While a button is down all goes to
// the surface on which it was pressed.
#pragma once

#include "screen/compositor/compositor.h"
#include "screen/compositor/scene.h"
#include "screen/compositor/weak_list.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>

namespace shoji::compositor {

class Pointer {
  public:
    explicit Pointer(Server& server) : server_(server) {}

    // wl_seat.get_pointer
    void create(wl_client* client, int version, std::uint32_t id);

    void move(int x, int y);  // device pixels
    void button(Button button, bool pressed);
    void wheel(int dx, int dy);  // 1/120 of a notch
    void release_all();
    // Takes the pointer away from the surface on which a button is down; false when none is.
    bool begin_drag();
    // The scene has changed under it, or motion that had to wait may be sent.
    void refresh();

    [[nodiscard]] std::shared_ptr<Surface> focus() const { return focus_.lock(); }

  private:
    struct Place {
        int x;
        int y;
    };
    void set_focus(const std::optional<Hit>& hit);
    void send_button(std::uint32_t code, bool pressed);
    void send_frame(wl_resource* resource) const;
    [[nodiscard]] std::optional<Hit> target() const;

    Server& server_;
    WeakList<Object> objects_;
    std::optional<Place> place_;  // unknown before the first motion
    std::weak_ptr<Surface> focus_;
    double sent_x_ = 0;  // in the focus, logical
    double sent_y_ = 0;
    std::set<std::uint32_t> pressed_;
    int wheel_x_ = 0;  // not yet a whole notch, for clients that know only those
    int wheel_y_ = 0;
};

}  // namespace shoji::compositor
