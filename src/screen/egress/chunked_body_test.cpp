#include "screen/egress/chunked_body.h"

#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace shoji::egress {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// "7 ended", "3 going on" or "malformed".
std::string watched(std::string_view text) {
    ChunkedBody body;
    const auto used = body.consume(bytes_of(text));
    if (!used) return "malformed";
    return std::to_string(*used) + (body.ended() ? " ended" : " going on");
}

TEST(ChunkedBody, FindsItsEnd) {
    EXPECT_EQ(watched("0\r\n\r\n"), "5 ended");
    EXPECT_EQ(watched("3\r\nabc\r\n0\r\n\r\n"), "13 ended");
    EXPECT_EQ(watched("00a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\nGET /"), "37 ended");
    EXPECT_EQ(watched("3\r\n\r\n\r\r\n0\r\n\r\n"), "13 ended");
    EXPECT_EQ(watched(""), "0 going on");
    EXPECT_EQ(watched("0\r\n\r"), "4 going on");
    EXPECT_EQ(watched("3\r\nab"), "5 going on");
}

TEST(ChunkedBody, RefusesEverythingElse) {
    for (const char* text :
         {"\r\n",        "x",       "g\r\n",         "-1\r\n",        "+1\r\n",
          " 1\r\n",      "1 \r\n",  "0x1\r\n",       "1;a=b\r\n",     "1\n",
          "1\rx",        "1\r\nab", "1\r\na\n",      "1\r\na\rx",     "0\r\nX: y\r\n\r\n",
          "0\r\n\n",     "0\n\n",   "000000001\r\n", "fffffffff\r\n", "ffffffffffffffff\r\n",
          "40000001\r\n"}) {
        EXPECT_EQ(watched(text), "malformed") << text;
    }
}

TEST(ChunkedBody, BoundsTheWhole) {
    ChunkedBody body;
    const std::string chunk(1 << 20, 'x');
    std::string framed = "100000\r\n" + chunk + "\r\n";
    for (int count = 0; count < 1024; ++count) ASSERT_TRUE(body.consume(bytes_of(framed)));
    EXPECT_FALSE(body.consume(bytes_of("1\r\n")));
}

TEST(ChunkedBody, AnyCutGivesTheSame) {
    std::mt19937 random(1);
    const std::string text = "5\r\nhello\r\n1F\r\n" + std::string(31, '\n') + "\r\n0\r\n\r\nrest";
    for (int round = 0; round < 2000; ++round) {
        ChunkedBody body;
        std::size_t used = 0;
        for (std::size_t position = 0; position < text.size() && !body.ended();) {
            const auto size = std::min<std::size_t>(random() % 5 + 1, text.size() - position);
            const auto taken =
                body.consume(bytes_of(std::string_view(text).substr(position, size)));
            ASSERT_TRUE(taken);
            used += *taken;
            position += size;
        }
        EXPECT_TRUE(body.ended());
        EXPECT_EQ(used, text.size() - 4);
    }
}

}  // namespace
}  // namespace shoji::egress
