// What key presses type, as far as a search for My Numbers needs it: digits and what may stand
// between their groups. Any other character is a full stop to them, and comes out as '?'. Tab is a
// blank, since forms have a box for each group.
//
// Codes are evdev's (linux/input-event-codes.h). On Japanese and American keyboards digits, space
// and minus are the same keys. Under Shift, Control, Alt or Meta a key is another character or none
// at all. Where the cursor stands, and what Backspace takes back, is not known here: such keys are
// passed over, and a number that was mended while it was typed is missed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace shoji::guard {

class KeyText {
  public:
    // The character that this press gives; none for releases and for keys that type nothing.
    std::optional<char> press(std::uint16_t code, bool pressed);
    // No key is held: the focus went elsewhere.
    void release_all() { held_ = {}; }

  private:
    static constexpr std::size_t modifiers = 8;
    std::array<bool, modifiers> held_{};
};

}  // namespace shoji::guard
