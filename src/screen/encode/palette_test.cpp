#include "screen/encode/palette.h"

#include "screen/encode/sample_pictures.h"

#include <gtest/gtest.h>

namespace shoji::encode {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(Palette, WritesColoursThenNumbers) {
    samples::Picture picture(3, 2, 0xff112233);
    picture.at(1, 0) = 0x445566;
    Palette palette;
    Bytes out{9};
    EXPECT_EQ(palette.append(picture.image(), picture.all(), out), 2U);
    EXPECT_EQ(out, (Bytes{9, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0, 1, 0, 0, 0, 0}));
}

TEST(Palette, NumbersStayWithTheirColours) {
    samples::Picture picture(2, 1, 1);
    picture.at(1, 0) = 2;
    Palette palette;
    Bytes out;
    palette.append(picture.image(), picture.all(), out);
    out.clear();
    picture.at(0, 0) = 2;
    picture.at(1, 0) = 3;
    EXPECT_EQ(palette.append(picture.image(), picture.all(), out), 3U);
    EXPECT_EQ(out, (Bytes{0, 0, 1, 0, 0, 2, 0, 0, 3, 1, 2}));
}

TEST(Palette, HoldsExactly256Colours) {
    samples::Picture picture(257, 1);
    for (int x = 0; x < 257; ++x) picture.at(x, 0) = static_cast<std::uint32_t>(x * 0x010203);
    Palette palette;
    Bytes out;
    EXPECT_EQ(palette.append(picture.image(), {0, 0, 256, 1}, out), 256U);
    EXPECT_EQ(out.size(), 3U * 256 + 256);
    EXPECT_EQ(palette.append(picture.image(), picture.all(), out), 0U);
    EXPECT_EQ(out.size(), 3U * 256 + 256) << "left alone";
}

TEST(Palette, StartsAnewWhenTheOldColoursLeaveNoRoom) {
    samples::Picture picture(400, 1);
    for (int x = 0; x < 400; ++x) picture.at(x, 0) = static_cast<std::uint32_t>(x);
    Palette palette;
    Bytes out;
    EXPECT_EQ(palette.append(picture.image(), {0, 0, 200, 1}, out), 200U);
    EXPECT_EQ(palette.append(picture.image(), {200, 0, 200, 1}, out), 200U);
}

}  // namespace
}  // namespace shoji::encode
