#include "screen/session/stream.h"

#include "screen/encode/canvas.h"
#include "screen/encode/decode.h"
#include "screen/session/fake_compositor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/input-event-codes.h>

namespace shoji::session {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FakeOutlet final : public Outlet {
  public:
    void send(std::vector<std::uint8_t> message) override { sent.push_back(std::move(message)); }
    [[nodiscard]] bool congested() const override { return full; }
    std::vector<std::vector<std::uint8_t>> sent;
    bool full = false;
};

class StreamTest : public ::testing::Test {
  protected:
    StreamTest() { stream_.emplace(Stream::Surroundings{compositor_, state_, gate_, outlet_}); }

    bool receive(const wire::FromViewer& message) {
        return stream_->receive(wire::encode(message), now_).has_value();
    }
    void greet() {
        ASSERT_TRUE(receive(wire::Hello{1, 100, 80, 120, 0}));
        update();
    }
    void update() {
        const auto updated = stream_->update(now_);
        ASSERT_TRUE(updated) << updated.error().message;
    }
    // The serials of the frames sent since the last call; draws them.
    std::vector<std::uint32_t> frames() {
        std::vector<std::uint32_t> serials;
        for (const auto& message : outlet_.sent) {
            const auto decoded = wire::decode_from_session(message).value();
            if (const auto* part = std::get_if<wire::Frame>(&decoded)) {
                EXPECT_TRUE(decoder_.apply(*part));
                if (part->last) serials.push_back(part->serial);
            } else {
                others_.push_back(decoded);
            }
        }
        outlet_.sent.clear();
        return serials;
    }
    void draw(std::uint32_t colour) { compositor_.draw({10, 10, 20, 20}, colour); }

    ScreenState state_;
    testing::FakeCompositor compositor_{state_};
    FrameGate gate_{compositor_};
    FakeOutlet outlet_;
    std::optional<Stream> stream_;
    encode::Decoder decoder_;
    std::vector<wire::FromSession> others_;
    Time now_{std::chrono::hours(1)};
};

TEST_F(StreamTest, SaysNothingBeforeHello) {
    draw(1);
    update();
    EXPECT_THAT(outlet_.sent, IsEmpty());
    EXPECT_FALSE(compositor_.frames_allowed);
    EXPECT_FALSE(receive(wire::Key{30, true}));
}

TEST_F(StreamTest, GreetsThenSendsTheWholePicture) {
    greet();
    ASSERT_GE(outlet_.sent.size(), 2U);
    EXPECT_EQ(outlet_.sent[0], wire::encode(wire::FromSession(wire::Welcome{})));
    EXPECT_THAT(frames(), ElementsAre(1));
    EXPECT_EQ(decoder_.picture().width(), 100);
    EXPECT_TRUE(compositor_.frames_allowed);
}

TEST_F(StreamTest, SendsWhatChangedAndOnlyThen) {
    greet();
    frames();
    update();
    EXPECT_THAT(outlet_.sent, IsEmpty());
    draw(0x123456);
    update();
    EXPECT_THAT(frames(), ElementsAre(2));
    EXPECT_EQ(*decoder_.picture().at(10, 10), 0x123456U);
    draw(0x123456);
    update();
    EXPECT_THAT(frames(), IsEmpty()) << "damage, but no change";
}

TEST_F(StreamTest, WhenTheWindowIsFullThePageRestsAndFramesAreSkipped) {
    greet();
    for (std::uint32_t colour = 1; colour <= 20; ++colour) {
        draw(colour);
        update();
    }
    EXPECT_THAT(frames(), ElementsAre(1, 2, 3));
    EXPECT_FALSE(compositor_.frames_allowed);
    now_ += std::chrono::milliseconds(10);
    ASSERT_TRUE(receive(wire::Ack{1}));
    update();
    EXPECT_THAT(frames(), ElementsAre(4));
    EXPECT_EQ(*decoder_.picture().at(10, 10), 20U) << "the newest, not the next";
    ASSERT_TRUE(receive(wire::Ack{4}));
    update();
    EXPECT_THAT(frames(), IsEmpty());
    EXPECT_TRUE(compositor_.frames_allowed);
}

TEST_F(StreamTest, NothingIsEncodedWhileTheSocketIsBehind) {
    greet();
    frames();
    outlet_.full = true;
    draw(5);
    state_.on_cursor(4);
    update();
    EXPECT_THAT(outlet_.sent, IsEmpty());
    EXPECT_FALSE(compositor_.frames_allowed);
    outlet_.full = false;
    update();
    EXPECT_THAT(frames(), ElementsAre(2));
    EXPECT_TRUE(compositor_.frames_allowed);
}

TEST_F(StreamTest, TheGateIsToldOnlyWhatIsNew) {
    greet();
    const int calls = compositor_.gate_calls;
    for (int i = 0; i < 10; ++i) update();
    EXPECT_EQ(compositor_.gate_calls, calls);
}

TEST_F(StreamTest, ThePageDrawsLessWhileStarvedAndNobodyTypes) {
    using std::chrono::milliseconds;
    const auto starve = [&](milliseconds duration) {
        for (const Time end = now_ + duration; now_ < end; now_ += milliseconds(50)) {
            stream_->worked(milliseconds(30), milliseconds(10), now_);
        }
        update();
        return compositor_.frame_interval;
    };
    greet();
    EXPECT_EQ(compositor_.frame_interval, milliseconds(16));
    EXPECT_EQ(starve(std::chrono::seconds(3)), milliseconds(250));
    ASSERT_TRUE(receive(wire::Pointer{3, 4}));
    EXPECT_EQ(starve(milliseconds(50)), milliseconds(125));
    ASSERT_TRUE(receive(wire::Wheel{0, 120}));
    EXPECT_EQ(starve(milliseconds(500)), milliseconds(125));
    ASSERT_TRUE(receive(wire::Key{30, true}));
    update();
    EXPECT_EQ(compositor_.frame_interval, milliseconds(16)) << "at once";
    EXPECT_EQ(starve(std::chrono::seconds(3)), milliseconds(250));
    ASSERT_TRUE(receive(wire::Commit{"日本"}));
    update();
    EXPECT_EQ(compositor_.frame_interval, milliseconds(16));
}

TEST_F(StreamTest, TellsTheNewestOfWhatChanged) {
    greet();
    frames();
    others_.clear();
    state_.on_cursor(7);
    state_.on_cursor(9);
    state_.on_caret({-5, 9000, 2, 20});
    state_.on_text_input(true, 8);
    state_.on_windows(300, true);
    update();
    frames();
    ASSERT_EQ(others_.size(), 4U);
    EXPECT_EQ(std::get<wire::Windows>(others_[0]), (wire::Windows{255, true}));
    EXPECT_EQ(std::get<wire::Cursor>(others_[1]), (wire::Cursor{9}));
    EXPECT_EQ(std::get<wire::TextInput>(others_[2]), (wire::TextInput{true, 8}));
    EXPECT_EQ(std::get<wire::Caret>(others_[3]), (wire::Caret{0, 7679, 2, 20}));
}

TEST_F(StreamTest, ANewViewerIsToldEverything) {
    greet();
    state_.on_cursor(7);
    update();
    stream_.emplace(Stream::Surroundings{compositor_, state_, gate_, outlet_});
    outlet_.sent.clear();
    others_.clear();
    greet();
    EXPECT_THAT(frames(), ElementsAre(1));
    EXPECT_NE(std::find_if(others_.begin(), others_.end(),
                           [](const auto& message) {
                               const auto* cursor = std::get_if<wire::Cursor>(&message);
                               return cursor != nullptr && cursor->shape == 7;
                           }),
              others_.end());
}

TEST_F(StreamTest, InputReachesTheCompositor) {
    greet();
    compositor_.told.clear();
    EXPECT_TRUE(receive(wire::Pointer{3, 4}));
    EXPECT_TRUE(receive(wire::Button{2, true}));
    EXPECT_TRUE(receive(wire::Wheel{-120, 240}));
    EXPECT_TRUE(receive(wire::Key{30, true}));
    EXPECT_TRUE(receive(wire::Preedit{0, 3, "に"}));
    EXPECT_TRUE(receive(wire::Commit{"日本"}));
    EXPECT_TRUE(receive(wire::Focus{false}));
    EXPECT_TRUE(receive(wire::Command{wire::CommandCode::zoom_reset}));
    EXPECT_TRUE(receive(wire::Resize{200, 150, 180}));
    EXPECT_THAT(compositor_.told, ElementsAre("pointer 3 4", "button 2 true", "wheel -120 240",
                                              "key 30 true", "preedit に 0 3", "commit 日本",
                                              "focus false", "command 6", "resize 200 150 180"));
}

TEST_F(StreamTest, ChordsOfTheBrowserItselfDoNotReachTheCompositor) {
    greet();
    compositor_.told.clear();
    EXPECT_TRUE(receive(wire::Key{KEY_LEFTCTRL, true}));
    EXPECT_TRUE(receive(wire::Key{KEY_N, true}));
    EXPECT_TRUE(receive(wire::Focus{false}));
    EXPECT_TRUE(receive(wire::Key{KEY_N, true}));
    EXPECT_THAT(compositor_.told, ElementsAre("key 29 true", "focus false", "key 49 true"));
}

TEST_F(StreamTest, CommandsHaveTheSameNumbers) {
    using compositor::Command;
    using wire::CommandCode;
    EXPECT_EQ(static_cast<int>(Command::back), static_cast<int>(CommandCode::back));
    EXPECT_EQ(static_cast<int>(Command::zoom_in), static_cast<int>(CommandCode::zoom_in));
    EXPECT_EQ(static_cast<int>(Command::close_window), static_cast<int>(CommandCode::close_window));
    EXPECT_EQ(static_cast<int>(Command::leave_full_screen),
              static_cast<int>(CommandCode::leave_full_screen));
}

TEST_F(StreamTest, AResizeIsAFreshFrame) {
    greet();
    ASSERT_TRUE(receive(wire::Resize{200, 150, 180}));
    update();
    EXPECT_THAT(frames(), ElementsAre(1, 2));
    EXPECT_EQ(decoder_.picture().width(), 200);
}

TEST_F(StreamTest, ReleasesWhatWasHeldWhenTheViewerGoes) {
    greet();
    compositor_.told.clear();
    stream_.reset();
    EXPECT_THAT(compositor_.told, ElementsAre("focus false"));
}

TEST_F(StreamTest, PingsAreAnsweredAtOnce) {
    greet();
    outlet_.sent.clear();
    ASSERT_TRUE(receive(wire::Ping{77}));
    EXPECT_THAT(outlet_.sent, ElementsAre(wire::encode(wire::FromSession(wire::Pong{77}))));
}

TEST_F(StreamTest, TheGatewaysMessagesAreAnError) {
    greet();
    EXPECT_FALSE(receive(wire::End{}));
}

}  // namespace
}  // namespace shoji::session
