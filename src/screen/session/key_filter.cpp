#include "screen/session/key_filter.h"

#include <algorithm>
#include <array>

#include <linux/input-event-codes.h>

namespace shoji::session {
namespace {

// One bit for each modifier key, left and right apart: one may be released while the other is down.
constexpr std::uint32_t control = 0b000011;
constexpr std::uint32_t shift = 0b001100;
constexpr std::uint32_t alt = 0b110000;

constexpr std::uint32_t bit_of(std::uint16_t code) {
    switch (code) {
        case KEY_LEFTCTRL:
            return 0b000001;
        case KEY_RIGHTCTRL:
            return 0b000010;
        case KEY_LEFTSHIFT:
            return 0b000100;
        case KEY_RIGHTSHIFT:
            return 0b001000;
        case KEY_LEFTALT:
            return 0b010000;
        case KEY_RIGHTALT:
            return 0b100000;
        default:
            return 0;
    }
}

struct Chord {
    std::uint16_t code;
    std::uint32_t needed = 0;  // modifiers, either key of each
};

// What Chromium does with each, unless a page takes it. A further modifier held does not help.
constexpr Chord browser_chords[] = {
    {KEY_F1},                       // help, on a site of the browser's maker
    {KEY_F11},                      // full screen, which a window here is anyway
    {KEY_F12},                      // developer tools
    {KEY_N, control},               // new window; with Shift a private one
    {KEY_T, control},               // new tab, a window here; with Shift the closed one
    {KEY_H, control},               // history
    {KEY_J, control},               // downloads; with Shift developer tools
    {KEY_ESC, shift},               // task manager
    {KEY_C, control | shift},       // developer tools
    {KEY_I, control | shift},       // developer tools
    {KEY_O, control | shift},       // bookmarks
    {KEY_DELETE, control | shift},  // deleting of browsing data
    {KEY_KPDOT, control | shift},   // the same
    {KEY_P, alt | shift},           // settings
};

bool is_held(const Chord& chord, std::uint32_t held) {
    return std::ranges::all_of(std::array{control, shift, alt}, [&](std::uint32_t modifier) {
        return (chord.needed & modifier) == 0 || (held & modifier) != 0;
    });
}

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
    return std::ranges::any_of(
               writing_keys,
               [&](const Range& range) { return code >= range.first && code <= range.last; }) &&
           std::ranges::none_of(browser_chords, [&](const Chord& chord) {
               return chord.code == code && is_held(chord, held_);
           });
}

}  // namespace shoji::session
