// Which keys of a viewer reach Chromium. Those do not that only open windows of the browser's own,
// such as a new window, its history or its tools: no page needs them, and what they open belongs to
// no destination. The filter stands here and not in the viewer so that a taken-over terminal cannot
// press them either.
//
// Chords that pages use too, and that open no window, pass: Ctrl with F, O, P, S, U and others.
#pragma once

#include <cstdint>

namespace shoji::session {

class KeyFilter {
  public:
    // Whether this change of a key, in evdev's codes, goes on to the compositor. Releases always
    // do.
    bool passes(std::uint16_t code, bool pressed);
    // Every key is up, without a word about each.
    void all_released() { held_ = 0; }

  private:
    std::uint32_t held_ = 0;  // bits of the modifier keys that are down
};

}  // namespace shoji::session
