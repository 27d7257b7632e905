#include "watch/event/json_text.h"

#include "core/base/bytes.h"

#include <gtest/gtest.h>

namespace shoji::event {
namespace {

TEST(JsonText, EscapesWhatMayNotStand) {
    EXPECT_EQ(as_json("C:\\a \"b\"\n\t\r"), R"("C:\\a \"b\"\n\t\r")");
    EXPECT_EQ(as_json(std::string_view("\x01\x7f\0", 3)), R"("\u0001\u007f\u0000")");
    EXPECT_EQ(as_json("職員\xe2\x80\xa8"), "\"職員\\u2028\"");
    EXPECT_EQ(as_json(""), "\"\"");
}

TEST(JsonText, IsUtf8WhateverTheBytesAre) {
    EXPECT_EQ(as_json("a\xff\xe3\x81z"), "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"");
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const std::string text{static_cast<char>(first), static_cast<char>(second)};
            const auto json = as_json(text);
            ASSERT_TRUE(base::is_utf8(json)) << first << " " << second;
            ASSERT_TRUE(json.starts_with('"') && json.ends_with('"'));
            for (const char c : json) ASSERT_FALSE(c >= 0 && c < ' ') << first << " " << second;
        }
    }
}

TEST(JsonText, KnowsNumbers) {
    for (const auto* number : {"0", "-1", "12.5", "123456789012345", "-0.25"}) {
        EXPECT_TRUE(is_json_number(number)) << number;
    }
    for (const auto* other :
         {"", "-", "01", "0x1", "1.", ".5", "1e5", "1234567890123456", "1 ", "NaN", "--1"}) {
        EXPECT_FALSE(is_json_number(other)) << other;
    }
}

}  // namespace
}  // namespace shoji::event
