#include "core/guard/key_text.h"

#include "core/guard/my_number.h"

#include <string>

#include <gtest/gtest.h>
#include <linux/input-event-codes.h>

namespace shoji::guard {
namespace {

std::string text_of(std::initializer_list<std::uint16_t> keys) {
    KeyText typed;
    std::string text;
    for (const auto key : keys) {
        if (const auto character = typed.press(key, true)) text += *character;
        EXPECT_FALSE(typed.press(key, false));
    }
    return text;
}

TEST(KeyText, DigitsOfBothBlocksAndWhatMayStandBetween) {
    EXPECT_EQ(text_of({KEY_1, KEY_0, KEY_MINUS, KEY_KP7, KEY_KP0, KEY_SPACE, KEY_DOT, KEY_TAB}),
              "10-70 . ");
    EXPECT_EQ(text_of({KEY_A, KEY_5}), "?5");
}

TEST(KeyText, UnderAModifierADigitIsNone) {
    for (const auto modifier : {KEY_LEFTSHIFT, KEY_RIGHTCTRL, KEY_LEFTALT, KEY_RIGHTMETA}) {
        KeyText typed;
        EXPECT_FALSE(typed.press(static_cast<std::uint16_t>(modifier), true));
        EXPECT_EQ(typed.press(KEY_1, true), '?');
        EXPECT_FALSE(typed.press(static_cast<std::uint16_t>(modifier), false));
        EXPECT_EQ(typed.press(KEY_1, true), '1');
    }
}

TEST(KeyText, AModifierHeldWhenTheFocusLeavesIsForgotten) {
    KeyText typed;
    typed.press(KEY_LEFTSHIFT, true);
    typed.release_all();
    EXPECT_EQ(typed.press(KEY_2, true), '2');
}

TEST(KeyText, KeysWithoutACharacterGiveNone) {
    EXPECT_EQ(text_of({KEY_1, KEY_BACKSPACE, KEY_LEFT, KEY_F5, KEY_CAPSLOCK, KEY_2}), "12");
}

TEST(KeyText, ThreeBoxesOfAFormAreOneNumber) {
    EXPECT_EQ(count_my_numbers(text_of({KEY_1, KEY_2, KEY_3, KEY_4, KEY_TAB, KEY_5, KEY_6, KEY_7,
                                        KEY_8, KEY_TAB, KEY_9, KEY_0, KEY_1, KEY_8, KEY_ENTER})),
              1U);
}

}  // namespace
}  // namespace shoji::guard
