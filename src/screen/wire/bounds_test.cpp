// Each bound of docs/wire.md: the last value that is allowed, and the first that is not.
#include "screen/wire/fields.h"
#include "screen/wire/wire.h"

#include <gtest/gtest.h>

namespace shoji::wire {
namespace {

bool viewer_may(const FromViewer& message) {
    return decode_from_viewer(encode(message)).has_value();
}
bool session_may(const FromSession& message) {
    return decode_from_session(encode(message)).has_value();
}
bool gateway_may(const FromGateway& message) {
    return decode_from_gateway(encode(message)).has_value();
}

TEST(Bounds, Hello) {
    EXPECT_TRUE(viewer_may(Hello{1, 64, 7680, 60, 0}));
    EXPECT_TRUE(viewer_may(Hello{1, 7680, 64, 480, 1}));
    EXPECT_FALSE(viewer_may(Hello{0, 1280, 800, 120, 0}));
    EXPECT_FALSE(viewer_may(Hello{2, 1280, 800, 120, 0}));
    EXPECT_FALSE(viewer_may(Hello{1, 63, 800, 120, 0}));
    EXPECT_FALSE(viewer_may(Hello{1, 7681, 800, 120, 0}));
    EXPECT_FALSE(viewer_may(Hello{1, 1280, 63, 120, 0}));
    EXPECT_FALSE(viewer_may(Hello{1, 1280, 7681, 120, 0}));
    EXPECT_FALSE(viewer_may(Hello{1, 1280, 800, 59, 0}));
    EXPECT_FALSE(viewer_may(Hello{1, 1280, 800, 481, 0}));
    EXPECT_FALSE(viewer_may(Hello{1, 1280, 800, 120, 2}));
}

TEST(Bounds, Resize) {
    EXPECT_TRUE(viewer_may(Resize{64, 7680, 480}));
    EXPECT_FALSE(viewer_may(Resize{0, 800, 120}));
    EXPECT_FALSE(viewer_may(Resize{1280, 7681, 120}));
    EXPECT_FALSE(viewer_may(Resize{1280, 800, 0}));
}

TEST(Bounds, PointerButtonWheelKey) {
    EXPECT_FALSE(viewer_may(Ack{0}));
    EXPECT_TRUE(viewer_may(Pointer{7679, 7679}));
    EXPECT_FALSE(viewer_may(Pointer{7680, 0}));
    EXPECT_FALSE(viewer_may(Pointer{0, 7680}));
    EXPECT_TRUE(viewer_may(Button{4, true}));
    EXPECT_FALSE(viewer_may(Button{5, true}));
    EXPECT_TRUE(viewer_may(Wheel{-12000, 12000}));
    EXPECT_FALSE(viewer_may(Wheel{-12001, 0}));
    EXPECT_FALSE(viewer_may(Wheel{0, 12001}));
    EXPECT_TRUE(viewer_may(Key{247, false}));
    EXPECT_FALSE(viewer_may(Key{0, true}));
    EXPECT_FALSE(viewer_may(Key{248, true}));
    EXPECT_FALSE(viewer_may(Command{CommandCode{9}}));
}

TEST(Bounds, FlagsAreZeroOrOne) {
    for (const auto& message :
         {encode(FromViewer(Button{0, true})), encode(FromViewer(Key{1, true})),
          encode(FromViewer(Focus{true}))}) {
        auto changed = message;
        changed.back() = 2;
        EXPECT_TRUE(decode_from_viewer(message));
        EXPECT_FALSE(decode_from_viewer(changed));
    }
    auto windows = encode(FromSession(Windows{1, true}));
    windows.back() = 2;
    EXPECT_FALSE(decode_from_session(windows));
    auto input = encode(FromSession(TextInput{true, 0}));
    input[1] = 2;
    EXPECT_FALSE(decode_from_session(input));
}

TEST(Bounds, Text) {
    EXPECT_TRUE(viewer_may(Commit{""}));
    EXPECT_TRUE(viewer_may(Commit{"一行目\n二行目"}));
    EXPECT_FALSE(viewer_may(Preedit{-1, -1, "一行目\n二行目"}));
    EXPECT_TRUE(viewer_may(Commit{std::string(maximum_text, 'a')}));
    EXPECT_FALSE(viewer_may(Commit{std::string(maximum_text + 1, 'a')}));
    EXPECT_FALSE(viewer_may(Commit{std::string(1, '\0')}));
    EXPECT_FALSE(viewer_may(Commit{"\r"}));
    EXPECT_FALSE(viewer_may(Commit{"\t"}));
    EXPECT_FALSE(viewer_may(Commit{"\x1b[0m"}));
    EXPECT_FALSE(viewer_may(Commit{"\x7f"}));
    EXPECT_FALSE(viewer_may(Commit{"\u0080"}));
    EXPECT_FALSE(viewer_may(Commit{"\u009f"}));
    EXPECT_TRUE(viewer_may(Commit{"\u00a0"}));
    EXPECT_FALSE(viewer_may(Commit{"\xff"}));
    EXPECT_FALSE(viewer_may(Commit{"\xe3\x81"}));      // cut short
    EXPECT_FALSE(viewer_may(Commit{"\xc2"}));          // cut short where C1 controls begin
    EXPECT_FALSE(viewer_may(Commit{"\xc0\x8a"}));      // overlong newline
    EXPECT_FALSE(viewer_may(Commit{"\xed\xa0\x80"}));  // surrogate
}

TEST(Bounds, PreeditCursor) {
    EXPECT_TRUE(viewer_may(Preedit{-1, -1, "にほん"}));
    EXPECT_TRUE(viewer_may(Preedit{0, 9, "にほん"}));
    EXPECT_TRUE(viewer_may(Preedit{9, 9, "にほん"}));
    EXPECT_TRUE(viewer_may(Preedit{0, 0, ""}));
    EXPECT_FALSE(viewer_may(Preedit{0, 10, "にほん"}));
    EXPECT_FALSE(viewer_may(Preedit{-1, 0, "にほん"}));
    EXPECT_FALSE(viewer_may(Preedit{0, -1, "にほん"}));
    EXPECT_FALSE(viewer_may(Preedit{-2, -2, "にほん"}));
    EXPECT_FALSE(viewer_may(Preedit{6, 3, "にほん"}));
    EXPECT_FALSE(viewer_may(Preedit{1, 3, "にほん"}));  // inside a character
    EXPECT_FALSE(viewer_may(Preedit{0, 2, "にほん"}));
}

TEST(Bounds, SmallFromSession) {
    EXPECT_TRUE(session_may(Welcome{1}));
    EXPECT_FALSE(session_may(Welcome{2}));
    EXPECT_TRUE(session_may(Cursor{0}));
    EXPECT_TRUE(session_may(Cursor{34}));
    EXPECT_FALSE(session_may(Cursor{35}));
    EXPECT_TRUE(session_may(Caret{7679, 7679, 7680, 7680}));
    EXPECT_FALSE(session_may(Caret{7680, 0, 0, 0}));
    EXPECT_FALSE(session_may(Caret{0, 7680, 0, 0}));
    EXPECT_FALSE(session_may(Caret{0, 0, 7681, 0}));
    EXPECT_FALSE(session_may(Caret{0, 0, 0, 7681}));
    EXPECT_TRUE(session_may(TextInput{true, 13}));
    EXPECT_FALSE(session_may(TextInput{true, 14}));
}

TEST(Bounds, FromGateway) {
    EXPECT_TRUE(gateway_may(Refused{10, 1, 443, 1, ""}));
    EXPECT_TRUE(gateway_may(Refused{0, 0, 0, 0, std::string(maximum_host, 'a')}));
    EXPECT_TRUE(gateway_may(Refused{0, 0, 80, 2, "2001:db8::1"}));
    EXPECT_FALSE(gateway_may(Refused{0, 0, 0, 0, std::string(maximum_host + 1, 'a')}));
    EXPECT_FALSE(gateway_may(Refused{11, 1, 443, 1, ""}));
    EXPECT_FALSE(gateway_may(Refused{0, 2, 443, 1, ""}));
    EXPECT_FALSE(gateway_may(Refused{0, 1, 443, 1, "Example.jp"}));
    EXPECT_FALSE(gateway_may(Refused{0, 1, 443, 1, "<b>"}));
    EXPECT_FALSE(gateway_may(Refused{0, 1, 443, 1, "日本.jp"}));
    EXPECT_TRUE(gateway_may(Ended{12}));
    EXPECT_FALSE(gateway_may(Ended{13}));
    EXPECT_FALSE(gateway_may(Ended{99}));
    EXPECT_TRUE(gateway_may(Ended{100}));
    EXPECT_TRUE(gateway_may(Ended{106}));
    EXPECT_FALSE(gateway_may(Ended{107}));
}

class FrameBounds : public testing::Test {
  protected:
    // Accepted with these rectangles and the raw size that they demand?
    bool may(std::vector<Rectangle> rectangles) {
        frame_.rectangles = std::move(rectangles);
        frame_.raw = 0;
        for (const auto& rectangle : frame_.rectangles) {
            frame_.raw += static_cast<std::uint32_t>(raw_bytes(rectangle));
        }
        frame_.body =
            frame_.raw > 0 ? std::span<const std::uint8_t>(body_) : std::span<const std::uint8_t>();
        return session_may(frame_);
    }
    static Rectangle solid(std::uint16_t x, std::uint16_t y, std::uint16_t width,
                           std::uint16_t height) {
        return {RectangleKind::solid, x, y, width, height};
    }
    static Rectangle copy(std::uint16_t from_x, std::uint16_t from_y, std::uint16_t width,
                          std::uint16_t height) {
        return {RectangleKind::copy, 0, 0, width, height, from_x, from_y};
    }

    const std::array<std::uint8_t, 2> body_{1, 2};
    Frame frame_{1, 100, 80, true, true, true};
};

TEST_F(FrameBounds, RectanglesLieInside) {
    EXPECT_TRUE(may({solid(0, 0, 100, 80)}));
    EXPECT_TRUE(may({solid(99, 79, 1, 1)}));
    EXPECT_FALSE(may({solid(0, 0, 0, 80)}));
    EXPECT_FALSE(may({solid(0, 0, 100, 0)}));
    EXPECT_FALSE(may({solid(1, 0, 100, 80)}));
    EXPECT_FALSE(may({solid(0, 1, 100, 80)}));
    EXPECT_FALSE(may({solid(100, 0, 1, 1)}));
    EXPECT_FALSE(may({solid(0, 80, 1, 1)}));
    EXPECT_FALSE(may({solid(65535, 0, 2, 1)}));  // their sum is 1 in 16 bits
}

TEST_F(FrameBounds, SourcesLieInside) {
    EXPECT_TRUE(may({copy(50, 40, 50, 40)}));
    EXPECT_FALSE(may({copy(51, 40, 50, 40)}));
    EXPECT_FALSE(may({copy(50, 41, 50, 40)}));
    EXPECT_FALSE(may({copy(65535, 0, 2, 1)}));
}

TEST_F(FrameBounds, NumberAndAreasOfRectangles) {
    EXPECT_TRUE(may(std::vector(maximum_rectangles, solid(0, 0, 2, 2))));
    EXPECT_FALSE(may(std::vector(maximum_rectangles + 1, solid(0, 0, 2, 2))));
    EXPECT_TRUE(may(std::vector(4, solid(0, 0, 100, 80))));
    auto too_much = std::vector(4, copy(0, 0, 100, 80));
    too_much.push_back(solid(0, 0, 1, 1));
    EXPECT_FALSE(may(too_much));
}

TEST_F(FrameBounds, RawIsWhatTheRectanglesDemand) {
    ASSERT_TRUE(may({{RectangleKind::palette, 0, 0, 10, 10, 0, 0, 256}, solid(1, 1, 2, 2)}));
    EXPECT_EQ(frame_.raw, 3U * 256 + 100 + 3);
    for (const int difference : {-1, 1}) {
        Frame changed = frame_;
        changed.raw = static_cast<std::uint32_t>(static_cast<int>(frame_.raw) + difference);
        EXPECT_FALSE(session_may(changed));
    }
}

TEST_F(FrameBounds, RawIsAtMostFourMebibytes) {
    frame_.width = frame_.height = 4096;
    // 3 × 1024 × 1365 and a palette of one colour beside one pixel: 4 MiB less 1020 bytes and so
    // on.
    const Rectangle large{RectangleKind::colours, 0, 0, 1024, 1365};
    EXPECT_TRUE(may({large, {RectangleKind::palette, 0, 0, 1, 1021, 0, 0, 1}}));
    EXPECT_EQ(frame_.raw, maximum_raw);
    EXPECT_FALSE(may({large, {RectangleKind::palette, 0, 0, 1, 1022, 0, 0, 1}}));
}

TEST_F(FrameBounds, BodyIsThereWhenRawIs) {
    ASSERT_TRUE(may({solid(0, 0, 1, 1)}));
    frame_.body = {};
    EXPECT_FALSE(session_may(frame_));
    ASSERT_TRUE(may({copy(1, 1, 1, 1)}));
    frame_.body = body_;
    EXPECT_FALSE(session_may(frame_));
}

TEST_F(FrameBounds, Flags) {
    frame_.first = false;
    EXPECT_FALSE(may({})) << "fresh, but not the first part";
    frame_.fresh = false;
    EXPECT_TRUE(may({}));
    auto bytes = encode(FromSession(frame_));
    bytes[9] = 8;
    EXPECT_FALSE(decode_from_session(bytes)) << "an unknown flag";
}

TEST_F(FrameBounds, SizeAndSerial) {
    frame_.width = 63;
    EXPECT_FALSE(may({}));
    frame_.width = 7681;
    EXPECT_FALSE(may({}));
    frame_.width = 7680;
    EXPECT_TRUE(may({}));
    frame_.serial = 0;
    EXPECT_FALSE(may({}));
}

TEST(Bounds, LengthOfMessages) {
    EXPECT_FALSE(decode_from_viewer({}));
    EXPECT_FALSE(decode_from_session({}));
    EXPECT_FALSE(decode_from_gateway({}));
    Frame frame{1, 64, 64, true, true, true, {{RectangleKind::solid, 0, 0, 1, 1}}, 3};
    std::vector<std::uint8_t> body(maximum_from_session);
    frame.body = body;
    const std::size_t header = encode(FromSession(frame)).size() - body.size();
    frame.body = std::span(body).first(maximum_from_session - header);
    EXPECT_TRUE(session_may(frame));
    frame.body = std::span(body).first(maximum_from_session - header + 1);
    EXPECT_FALSE(session_may(frame));
}

TEST(Bounds, CharacterBorders) {
    EXPECT_TRUE(is_character_border("日a", 0));
    EXPECT_FALSE(is_character_border("日a", 1));
    EXPECT_TRUE(is_character_border("日a", 3));
    EXPECT_TRUE(is_character_border("日a", 4));
    EXPECT_FALSE(is_character_border("日a", 5));
}

}  // namespace
}  // namespace shoji::wire
