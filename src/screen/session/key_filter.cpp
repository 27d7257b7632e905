#include "screen/session/key_filter.h"

#include <algorithm>

#include <linux/input-event-codes.h>

namespace shoji::session {
namespace {

// One bit for each modifier key, left and right apart: one may be released while the other is down.
constexpr std::uint32_t control_keys = 0b000011;
constexpr std::uint32_t shift_keys = 0b001100;

constexpr std::uint32_t bit_of(std::uint16_t code) {
    switch (code) {
        case KEY_LEFTCTRL:
            return 0b0001;
        case KEY_RIGHTCTRL:
            return 0b0010;
        case KEY_LEFTSHIFT:
            return 0b0100;
        case KEY_RIGHTSHIFT:
            return 0b1000;
        default:
            return 0;
    }
}

struct Chord {
    std::uint16_t code;
    bool control = false;
    bool shift = false;
};

// What Chromium does with each, unless a page takes it. A further modifier held does not help.
constexpr Chord browser_chords[] = {
    {KEY_F1},                  // help, on a site of the browser's maker
    {KEY_F11},                 // full screen, which a window here is anyway
    {KEY_F12},                 // developer tools
    {KEY_N, true},             // new window; with Shift a private one
    {KEY_T, true},             // new tab, which is a window here; with Shift the closed one
    {KEY_H, true},             // history
    {KEY_J, true},             // downloads; with Shift developer tools
    {KEY_ESC, false, true},    // task manager
    {KEY_C, true, true},       // developer tools
    {KEY_I, true, true},       // developer tools
    {KEY_O, true, true},       // bookmarks
    {KEY_DELETE, true, true},  // deleting of browsing data
    {KEY_KPDOT, true, true},   // the same
};

struct Range {
    std::uint16_t first;
    std::uint16_t last;
};

// The keys of keyboards for writing. Among the others are those that open a window or a program, as
// KEY_NEW and KEY_WWW do, or that end the browser, as KEY_CLOSE does.
constexpr Range writing_keys[] = {
    {KEY_ESC, KEY_F10},
    {KEY_NUMLOCK, KEY_KPDOT},
    {KEY_ZENKAKUHANKAKU, KEY_RIGHTALT},
    {KEY_HOME, KEY_DELETE},
    {KEY_KPEQUAL, KEY_KPEQUAL},
    {KEY_PAUSE, KEY_PAUSE},
    {KEY_KPCOMMA, KEY_COMPOSE},
    {KEY_AGAIN, KEY_UNDO},
    {KEY_COPY, KEY_COPY},
    {KEY_PASTE, KEY_HELP},
    {KEY_BACK, KEY_FORWARD},
    {KEY_REFRESH, KEY_REFRESH},
    {KEY_KPLEFTPAREN, KEY_KPRIGHTPAREN},
    {KEY_F13, KEY_F24},
};

}  // namespace

bool KeyFilter::passes(std::uint16_t code, bool pressed) {
    const std::uint32_t bit = bit_of(code);
    held_ = pressed ? held_ | bit : held_ & ~bit;
    if (!pressed) return true;
    const bool control = (held_ & control_keys) != 0;
    const bool shift = (held_ & shift_keys) != 0;
    return std::ranges::any_of(
               writing_keys,
               [&](const Range& range) { return code >= range.first && code <= range.last; }) &&
           std::ranges::none_of(browser_chords, [&](const Chord& chord) {
               return chord.code == code && (control || !chord.control) && (shift || !chord.shift);
           });
}

}  // namespace shoji::session
