// wl_seat: one pointer and one keyboard.
#pragma once

#include "screen/compositor/keyboard.h"
#include "screen/compositor/pointer.h"

#include <utility>

namespace shoji::compositor {

class Seat {
  public:
    Seat(Server& server, Keymap jp, Keymap us, Layout layout)
        : pointer_(server), keyboard_(server, std::move(jp), std::move(us), layout) {}
    static void offer(Server& server);
    [[nodiscard]] Pointer& pointer() { return pointer_; }
    [[nodiscard]] Keyboard& keyboard() { return keyboard_; }

  private:
    Pointer pointer_;
    Keyboard keyboard_;
};

}  // namespace shoji::compositor
