#include "screen/encode/canvas.h"
#include "screen/encode/compressor.h"
#include "screen/encode/decode.h"

#include <gtest/gtest.h>

namespace shoji::encode {
namespace {

using wire::RectangleKind;

class DecoderTest : public testing::Test {
  protected:
    // Applies a part with these rectangles and bytes for them.
    bool apply(std::vector<wire::Rectangle> rectangles, const std::vector<std::uint8_t>& raw,
               bool fresh = false) {
        const auto body = compressor_.compress(raw);
        wire::Frame part;
        part.width = width_;
        part.height = 64;
        part.first = part.last = true;
        part.fresh = fresh;
        part.rectangles = std::move(rectangles);
        part.raw = static_cast<std::uint32_t>(raw.size());
        part.body = body;
        return decoder_.apply(part).has_value();
    }
    std::uint32_t at(int x, int y) { return *decoder_.picture().at(x, y); }

    std::uint16_t width_ = 64;
    Compressor compressor_;
    Decoder decoder_;
};

TEST_F(DecoderTest, BeginsBlack) {
    EXPECT_FALSE(apply({}, {})) << "nothing to draw on";
    EXPECT_TRUE(apply({}, {}, true));
    EXPECT_EQ(at(63, 63), 0U);
}

TEST_F(DecoderTest, DrawsEachKind) {
    ASSERT_TRUE(apply({{RectangleKind::solid, 0, 0, 64, 64},
                       {RectangleKind::colours, 1, 0, 2, 1},
                       {RectangleKind::palette, 0, 1, 1, 3, 0, 0, 2},
                       {RectangleKind::copy, 10, 10, 3, 2, 0, 0}},
                      {9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 7, 7, 8, 8, 8, 1, 0, 1}, true));
    EXPECT_EQ(at(0, 0), 0x090909U);
    EXPECT_EQ(at(1, 0), 0x010203U);
    EXPECT_EQ(at(2, 0), 0x040506U);
    EXPECT_EQ(at(0, 1), 0x080808U);
    EXPECT_EQ(at(0, 2), 0x070707U);
    EXPECT_EQ(at(0, 3), 0x080808U);
    EXPECT_EQ(at(12, 10), 0x040506U);
    EXPECT_EQ(at(10, 11), 0x080808U);
    EXPECT_EQ(at(13, 10), 0x090909U);
}

TEST_F(DecoderTest, ACopyReadsItsSourceWhole) {
    ASSERT_TRUE(apply(
        {{RectangleKind::colours, 0, 0, 3, 3}},
        {0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0, 5, 0, 0, 6, 0, 0, 7, 0, 0, 8, 0, 0, 9}, true));
    ASSERT_TRUE(apply({{RectangleKind::copy, 1, 1, 3, 3, 0, 0}}, {}));
    EXPECT_EQ(at(1, 1), 1U);
    EXPECT_EQ(at(2, 2), 5U);
    EXPECT_EQ(at(3, 3), 9U);
    ASSERT_TRUE(apply({{RectangleKind::copy, 0, 1, 3, 3, 1, 1}}, {}));
    EXPECT_EQ(at(0, 1), 1U);
    EXPECT_EQ(at(2, 3), 9U);
    ASSERT_TRUE(apply({{RectangleKind::copy, 0, 0, 3, 3, 0, 1}}, {}));
    EXPECT_EQ(at(0, 0), 1U);
    EXPECT_EQ(at(2, 2), 9U);
}

TEST_F(DecoderTest, APixelPastThePaletteIsAnError) {
    const wire::Rectangle palette{RectangleKind::palette, 0, 0, 2, 1, 0, 0, 2};
    EXPECT_TRUE(apply({palette}, {1, 1, 1, 2, 2, 2, 0, 1}, true));
    EXPECT_FALSE(apply({palette}, {1, 1, 1, 2, 2, 2, 0, 2}));
}

TEST_F(DecoderTest, AnotherSizeNeedsAFreshCanvas) {
    ASSERT_TRUE(apply({}, {}, true));
    width_ = 65;
    EXPECT_FALSE(apply({}, {}));
    EXPECT_TRUE(apply({}, {}, true));
}

}  // namespace
}  // namespace shoji::encode
