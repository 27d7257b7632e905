#include "screen/session/send_window.h"

#include <gtest/gtest.h>

namespace shoji::session {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kibibyte = 1024;

// A viewer behind a line of a round trip and a rate, sent to whenever there is room.
class Line {
  public:
    Line(milliseconds trip, double bytes_a_second) : trip_(trip), rate_(bytes_a_second) {}

    // Sends frames of this size as fast as they may go, at most one every 16 ms, for so long.
    void run(std::size_t frame_bytes, milliseconds duration) {
        for (const Time end = now_ + duration; now_ < end; now_ += milliseconds(1)) {
            while (!arrivals_.empty() && arrivals_.front().second <= now_) {
                window.acknowledged(arrivals_.front().first, now_);
                arrivals_.pop_front();
                ++delivered;
            }
            if (now_ < next_ || !window.has_room()) continue;
            next_ = now_ + milliseconds(16);
            window.sent(++serial_, frame_bytes, now_);
            const auto sending =
                std::chrono::duration<double>(static_cast<double>(frame_bytes) / rate_);
            free_ = std::max(free_, now_) + std::chrono::duration_cast<Duration>(sending);
            arrivals_.emplace_back(serial_, free_ + trip_);
            longest_wait = std::max<Duration>(longest_wait, free_ + trip_ - now_);
        }
    }

    SendWindow window;
    int delivered = 0;
    Duration longest_wait{};

  private:
    Duration trip_;
    double rate_;
    Time now_{std::chrono::hours(1)};
    Time next_;
    Time free_;  // when the line has sent what it holds
    std::uint32_t serial_ = 0;
    std::deque<std::pair<std::uint32_t, Time>> arrivals_;
};

TEST(SendWindow, BeginsWithRoomForAFewFrames) {
    SendWindow window;
    const Time now{std::chrono::seconds(1)};
    EXPECT_TRUE(window.has_room());
    window.sent(1, 100, now);
    EXPECT_TRUE(window.has_room());
    window.sent(2, 100, now);
    window.sent(3, 100, now);
    EXPECT_FALSE(window.has_room());
    EXPECT_EQ(window.frames_in_flight(), 3U);
    EXPECT_EQ(window.bytes_in_flight(), 300U);
    window.acknowledged(2, now + milliseconds(5));
    EXPECT_EQ(window.frames_in_flight(), 1U);
    EXPECT_EQ(window.bytes_in_flight(), 100U);
    EXPECT_TRUE(window.has_room());
}

TEST(SendWindow, OneLargeFrameFillsItUntilItArrived) {
    SendWindow window;
    const Time now{std::chrono::seconds(1)};
    window.sent(1, 1000 * kibibyte, now);
    EXPECT_FALSE(window.has_room());
    window.acknowledged(1, now + milliseconds(900));
    EXPECT_TRUE(window.has_room());
}

TEST(SendWindow, GrowsWithTheRoundTrip) {
    Line line(milliseconds(200), 1e9);
    line.run(1000, std::chrono::seconds(3));
    EXPECT_GE(line.window.frame_limit(), 13U);
    EXPECT_LE(line.window.frame_limit(), 15U);
    // All but the first few trips at full pace.
    EXPECT_GT(line.delivered, 150);
}

TEST(SendWindow, FillsAFastLineWithLargeFrames) {
    // 300 KiB 60 times a second over 100 MB/s and 40 ms.
    Line line(milliseconds(40), 100e6);
    line.run(300 * kibibyte, std::chrono::seconds(4));
    EXPECT_GT(line.delivered, 200);
}

TEST(SendWindow, ASlowLineSkipsFramesAndDoesNotLag) {
    // 250 kB/s: a frame of 50 KiB takes 0.2 s, and 60 of them come up a second.
    Line line(milliseconds(30), 250e3);
    line.run(50 * kibibyte, std::chrono::seconds(20));
    EXPECT_GT(line.delivered, 20 * 4);
    EXPECT_LT(line.longest_wait, milliseconds(700));
}

TEST(SendWindow, StaysInBoundsWhateverTheClockSays) {
    SendWindow window;
    const Time now{std::chrono::seconds(1)};
    window.sent(1, 1 << 30, now);
    window.acknowledged(1, now);
    EXPECT_LE(window.frame_limit(), 32U);
    EXPECT_LE(window.byte_limit(), 32U << 20U);
    window.sent(2, 1, now);
    window.acknowledged(2, now + std::chrono::hours(100));
    EXPECT_GE(window.frame_limit(), 3U);
    EXPECT_LE(window.frame_limit(), 32U);
    EXPECT_GE(window.byte_limit(), 64 * kibibyte);
}

TEST(RecentHighest, ForgetsWhatIsLongPast) {
    RecentHighest highest;
    const Time start{std::chrono::seconds(100)};
    EXPECT_EQ(highest.value(), std::nullopt);
    highest.add(9, start);
    highest.add(3, start + std::chrono::seconds(4));
    EXPECT_EQ(highest.value(), 9);
    highest.add(4, start + std::chrono::seconds(6));
    EXPECT_EQ(highest.value(), 9);
    highest.add(5, start + std::chrono::seconds(12));
    EXPECT_EQ(highest.value(), 5);
    highest.add(1, start + std::chrono::seconds(60));
    EXPECT_EQ(highest.value(), 1);
}

}  // namespace
}  // namespace shoji::session
