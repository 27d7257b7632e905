#include "screen/encode/frame_writer.h"

#include "screen/encode/sample_pictures.h"
#include "screen/wire/conversation.h"

#include <gtest/gtest.h>

namespace shoji::encode {
namespace {

using wire::RectangleKind;

class FrameWriterTest : public testing::Test {
  protected:
    static wire::Frame decode(const std::vector<std::uint8_t>& message) {
        return std::get<wire::Frame>(wire::decode_from_session(message).value());
    }
    FrameWriter writer(int width, int height) {
        return {{1, width, height, true}, compressor_, buffer_};
    }

    Compressor compressor_;
    std::vector<std::uint8_t> buffer_;
};

TEST_F(FrameWriterTest, AnEmptyFrameIsOnePart) {
    const auto messages = writer(100, 100).finish();
    ASSERT_EQ(messages.size(), 1U);
    const auto part = decode(messages[0]);
    EXPECT_TRUE(part.first && part.last && part.fresh);
    EXPECT_TRUE(part.rectangles.empty());
}

TEST_F(FrameWriterTest, NoPartHasTooManyRectangles) {
    auto frame = writer(1000, 1000);
    for (std::size_t i = 0; i < 2 * wire::maximum_rectangles + 1; ++i) {
        frame.body().insert(frame.body().end(), 3, 0);
        frame.add(RectangleKind::solid, {0, 0, 1, 1}, 0);
    }
    const auto messages = frame.finish();
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(decode(messages[0]).rectangles.size(), wire::maximum_rectangles);
    EXPECT_EQ(decode(messages[2]).rectangles.size(), 1U);
    EXPECT_TRUE(decode(messages[0]).first && decode(messages[0]).fresh);
    EXPECT_FALSE(decode(messages[1]).first || decode(messages[1]).fresh ||
                 decode(messages[1]).last);
    EXPECT_TRUE(decode(messages[2]).last);
}

TEST_F(FrameWriterTest, NoMessageIsTooLongThoughNothingCompresses) {
    auto random = samples::seeded(1);
    auto frame = writer(4000, 4000);
    std::size_t rectangles = 0;
    for (std::size_t sent = 0; sent < 3 * FrameWriter::part_bytes; ++rectangles) {
        const int side = samples::between(random, 1, 600);
        const auto bytes = static_cast<std::size_t>(3 * side * side);
        for (std::size_t i = 0; i < bytes; ++i) {
            frame.body().push_back(static_cast<std::uint8_t>(random()));
        }
        frame.add(RectangleKind::colours, {0, 0, side, side}, 0);
        sent += bytes;
    }
    std::size_t found = 0;
    for (const auto& message : frame.finish()) {
        EXPECT_LE(message.size(), wire::maximum_from_session);
        found += decode(message).rectangles.size();
    }
    EXPECT_EQ(found, rectangles);
}

TEST_F(FrameWriterTest, TheFullestPartFits) {
    auto random = samples::seeded(2);
    auto frame = writer(7680, 7680);
    // As many rectangles as a part holds, palettes of one colour, and as many bytes.
    const auto height = static_cast<int>(FrameWriter::part_bytes / wire::maximum_rectangles - 3);
    for (std::size_t i = 0; i < wire::maximum_rectangles; ++i) {
        for (int byte = 0; byte < height + 3; ++byte) {
            frame.body().push_back(static_cast<std::uint8_t>(random()));
        }
        frame.add(RectangleKind::palette, {0, 0, 1, height}, 1);
    }
    const auto messages = frame.finish();
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_LE(messages[0].size(), wire::maximum_from_session);
}

}  // namespace
}  // namespace shoji::encode
