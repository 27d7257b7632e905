// wl_keyboard: which keys are down, and the surface that hears of them. Repeating is the viewer's
// business: the client is told not to, and a press of a key that is down is a press once more.
#pragma once

#include "screen/compositor/keymap.h"
#include "screen/compositor/surface.h"
#include "screen/compositor/weak_list.h"

#include <cstdint>
#include <memory>
#include <set>

namespace shoji::compositor {

class Keyboard {
  public:
    Keyboard(Server& server, Keymap jp, Keymap us, Layout layout);

    // wl_seat.get_keyboard
    void create(wl_client* client, int version, std::uint32_t id);
    // Null: nobody hears the keys.
    void set_focus(const std::shared_ptr<Surface>& surface);
    [[nodiscard]] std::shared_ptr<Surface> focus() const { return focus_.lock(); }

    void set_layout(Layout layout);
    void key(std::uint16_t evdev_code, bool pressed);
    void release_all();
    // A key with these modifiers and no others, whatever is down; afterwards all is as before.
    void chord(std::uint32_t modifiers, std::uint16_t evdev_code);
    [[nodiscard]] std::uint32_t mask(const char* modifier) const;

  private:
    [[nodiscard]] Keymap& keymap() { return layout_ == Layout::jp ? jp_ : us_; }
    [[nodiscard]] const Keymap& keymap() const { return layout_ == Layout::jp ? jp_ : us_; }
    void send_keymap(wl_resource* resource) const;
    void send_enter(wl_resource* resource, const Surface& surface);
    void send_key(std::uint16_t evdev_code, bool pressed);
    void send_modifiers(const Modifiers& modifiers);
    void change(std::uint16_t evdev_code, bool pressed);

    Server& server_;
    Keymap jp_;
    Keymap us_;
    Layout layout_;
    WeakList<Object> objects_;
    std::weak_ptr<Surface> focus_;
    std::set<std::uint16_t> pressed_;
    Modifiers told_;
};

}  // namespace shoji::compositor
