#include "screen/session/key_filter.h"

#include <gtest/gtest.h>
#include <linux/input-event-codes.h>

namespace shoji::session {
namespace {

using Codes = std::initializer_list<std::uint16_t>;

class KeyFilterTest : public ::testing::Test {
  protected:
    // Whether `code` passes while `held` are down; all is up again afterwards.
    bool passes(Codes held, std::uint16_t code) {
        for (const auto modifier : held) EXPECT_TRUE(filter_.passes(modifier, true));
        const bool passed = filter_.passes(code, true);
        EXPECT_TRUE(filter_.passes(code, false)) << "releases always pass";
        for (const auto modifier : held) EXPECT_TRUE(filter_.passes(modifier, false));
        return passed;
    }

    KeyFilter filter_;
};

TEST_F(KeyFilterTest, WhatOnlyOpensTheBrowsersOwnWindowsDoesNotPass) {
    for (const auto control : Codes{KEY_LEFTCTRL, KEY_RIGHTCTRL}) {
        for (const auto code : Codes{KEY_N, KEY_T, KEY_H, KEY_J}) {
            EXPECT_FALSE(passes({control}, code)) << code;
            EXPECT_TRUE(passes({}, code)) << code << " is a letter";
            EXPECT_FALSE(passes({control, KEY_LEFTSHIFT}, code)) << code;
            EXPECT_FALSE(passes({KEY_LEFTALT, control}, code)) << code;
        }
        for (const auto code : Codes{KEY_C, KEY_I, KEY_O, KEY_DELETE, KEY_KPDOT}) {
            EXPECT_FALSE(passes({control, KEY_RIGHTSHIFT}, code)) << code;
            EXPECT_TRUE(passes({control}, code)) << code;
            EXPECT_TRUE(passes({KEY_RIGHTSHIFT}, code)) << code;
        }
    }
    for (const auto modifier : Codes{KEY_LEFTALT, KEY_RIGHTALT}) {
        EXPECT_FALSE(passes({modifier, KEY_LEFTSHIFT}, KEY_P)) << modifier;
        EXPECT_TRUE(passes({modifier}, KEY_P)) << modifier;
    }
    EXPECT_FALSE(passes({KEY_LEFTSHIFT}, KEY_ESC));
    EXPECT_TRUE(passes({}, KEY_ESC));
    EXPECT_FALSE(passes({}, KEY_F1));
    EXPECT_FALSE(passes({}, KEY_F11));
    EXPECT_FALSE(passes({}, KEY_F12));
}

TEST_F(KeyFilterTest, WhatPagesUsePasses) {
    for (const auto code : Codes{KEY_A, KEY_B, KEY_C, KEY_F, KEY_O, KEY_P, KEY_S, KEY_U, KEY_V,
                                 KEY_X, KEY_Z, KEY_ENTER, KEY_HOME, KEY_LEFT}) {
        EXPECT_TRUE(passes({KEY_LEFTCTRL}, code)) << code;
    }
    for (std::uint16_t code = KEY_ESC; code <= KEY_KPDOT; ++code) {
        EXPECT_EQ(passes({}, code), code != KEY_F1) << code;
    }
    for (const auto code : Codes{KEY_RO, KEY_HENKAN, KEY_MUHENKAN, KEY_YEN, KEY_HANGEUL,
                                 KEY_RIGHTALT, KEY_DELETE, KEY_BACK, KEY_F24}) {
        EXPECT_TRUE(passes({}, code)) << code;
    }
}

TEST_F(KeyFilterTest, KeysThatNoKeyboardForWritingHasDoNotPass) {
    for (const auto code : Codes{KEY_NEW, KEY_CLOSE, KEY_WWW, KEY_HOMEPAGE, KEY_MAIL, KEY_FILE,
                                 KEY_PRINT, KEY_SEARCH, KEY_BOOKMARKS, KEY_POWER, KEY_OPEN}) {
        EXPECT_FALSE(passes({}, code)) << code;
    }
}

TEST_F(KeyFilterTest, AModifierHoldsUntilItsLastKeyIsUp) {
    filter_.passes(KEY_LEFTCTRL, true);
    filter_.passes(KEY_RIGHTCTRL, true);
    filter_.passes(KEY_LEFTCTRL, false);
    EXPECT_FALSE(filter_.passes(KEY_N, true));
    filter_.passes(KEY_RIGHTCTRL, false);
    EXPECT_TRUE(filter_.passes(KEY_N, true));
}

TEST_F(KeyFilterTest, AKeyThatWasDownFirstDoesNotPassAgain) {
    EXPECT_TRUE(filter_.passes(KEY_N, true));
    filter_.passes(KEY_LEFTCTRL, true);
    EXPECT_FALSE(filter_.passes(KEY_N, true)) << "the viewer repeats it";
}

TEST_F(KeyFilterTest, AfterEverythingWasReleasedNothingIsHeld) {
    filter_.passes(KEY_LEFTCTRL, true);
    filter_.all_released();
    EXPECT_TRUE(filter_.passes(KEY_N, true));
}

}  // namespace
}  // namespace shoji::session
