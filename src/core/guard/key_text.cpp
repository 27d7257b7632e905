#include "core/guard/key_text.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <linux/input-event-codes.h>

namespace shoji::guard {
namespace {

constexpr std::uint16_t modifier_keys[] = {KEY_LEFTSHIFT, KEY_RIGHTSHIFT, KEY_LEFTCTRL,
                                           KEY_RIGHTCTRL, KEY_LEFTALT,    KEY_RIGHTALT,
                                           KEY_LEFTMETA,  KEY_RIGHTMETA};

struct Typed {
    std::uint16_t key;
    char text;
};
constexpr Typed typed[] = {
    {KEY_1, '1'},     {KEY_2, '2'},      {KEY_3, '3'},        {KEY_4, '4'},       {KEY_5, '5'},
    {KEY_6, '6'},     {KEY_7, '7'},      {KEY_8, '8'},        {KEY_9, '9'},       {KEY_0, '0'},
    {KEY_KP1, '1'},   {KEY_KP2, '2'},    {KEY_KP3, '3'},      {KEY_KP4, '4'},     {KEY_KP5, '5'},
    {KEY_KP6, '6'},   {KEY_KP7, '7'},    {KEY_KP8, '8'},      {KEY_KP9, '9'},     {KEY_KP0, '0'},
    {KEY_MINUS, '-'}, {KEY_DOT, '.'},    {KEY_SPACE, ' '},    {KEY_KPMINUS, '-'}, {KEY_KPDOT, '.'},
    {KEY_TAB, ' '},   {KEY_ENTER, '\n'}, {KEY_KPENTER, '\n'},
};

// Codes of the keys that give a character, from and to. Others move, delete or switch.
constexpr std::pair<std::uint16_t, std::uint16_t> printing[] = {
    {KEY_1, KEY_EQUAL},
    {KEY_Q, KEY_RIGHTBRACE},
    {KEY_A, KEY_GRAVE},
    {KEY_BACKSLASH, KEY_SLASH},
    {KEY_KPASTERISK, KEY_KPASTERISK},
    {KEY_KP7, KEY_KPDOT},
    {KEY_102ND, KEY_102ND},
    {KEY_RO, KEY_RO},
    {KEY_KPSLASH, KEY_KPSLASH},
    {KEY_YEN, KEY_YEN},
};

bool is_printing(std::uint16_t code) {
    return std::ranges::any_of(printing, [code](const auto& range) {
        return range.first <= code && code <= range.second;
    });
}

}  // namespace

std::optional<char> KeyText::press(std::uint16_t code, bool pressed) {
    static_assert(std::size(modifier_keys) == modifiers);
    if (const auto* modifier = std::ranges::find(modifier_keys, code);
        modifier != std::end(modifier_keys)) {
        held_.at(static_cast<std::size_t>(modifier - modifier_keys)) = pressed;
        return std::nullopt;
    }
    const auto* found = std::ranges::find(typed, code, &Typed::key);
    const bool known = found != std::end(typed);
    if (!pressed || !(known || is_printing(code))) return std::nullopt;
    const bool changed = std::ranges::find(held_, true) != held_.end();
    return known && !changed ? found->text : '?';
}

}  // namespace shoji::guard
