#include "core/base/display_width.h"

#include <gtest/gtest.h>

namespace shoji::base {
namespace {

TEST(DisplayWidth, CountsColumns) {
    EXPECT_EQ(display_width(""), 0U);
    EXPECT_EQ(display_width("abc"), 3U);
    EXPECT_EQ(display_width("障子"), 4U);
    EXPECT_EQ(display_width("ｼｮｳｼﾞ"), 5U);     // half-width katakana
    EXPECT_EQ(display_width("ＡＢ"), 4U);      // full-width letters
    EXPECT_EQ(display_width("か\u3099"), 2U);  // a combining dakuten
    EXPECT_EQ(display_width("𠮷"), 2U);
    EXPECT_EQ(display_width("é"), 1U);
    EXPECT_EQ(display_width("\xff"), 1U);
}

}  // namespace
}  // namespace shoji::base
