#include "watch/station/causes.h"

#include "core/base/unix_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace shoji::station {
namespace {

constexpr event::Time second = 1'000'000'000;

class CausesTest : public testing::Test {
  protected:
    void SetUp() override {
        auto link = base::unix_socket_pair(base::SocketKind::packet);
        ASSERT_TRUE(link);
        answerer_ = std::move(link->second);
        causes_.connect(std::move(link->first));
    }
    static letters::Cause cause(std::uint32_t process) { return {"r", process, 7, "/tmp/x"}; }
    // What the process that responds has been asked since.
    std::size_t asked() const {
        std::array<char, letters::most_cause> packet{};
        std::size_t count = 0;
        while (::recv(answerer_.get(), packet.data(), packet.size(), MSG_DONTWAIT) > 0) ++count;
        return count;
    }

    base::FileDescriptor answerer_;
    Causes causes_{{}, {"r"}};
};

TEST_F(CausesTest, TheSameIsAskedOnceASecondAndOnceMoreForWhatCameMeanwhile) {
    for (int i = 0; i < 1000; ++i) causes_.ask(cause(1), 10 * second + i);
    EXPECT_EQ(asked(), 1U);
    causes_.turn(10 * second + 500);
    EXPECT_EQ(asked(), 0U);
    causes_.turn(11 * second);
    EXPECT_EQ(asked(), 1U) << "what came behind the first one may not have been seen by it";
    causes_.turn(12 * second);
    EXPECT_EQ(asked(), 0U);
    causes_.ask(cause(1), 13 * second);
    EXPECT_EQ(asked(), 1U);
    EXPECT_TRUE(causes_.take_lost(13 * second).empty());
}

TEST_F(CausesTest, AnotherProcessIsAnotherCause) {
    causes_.ask(cause(1), second);
    causes_.ask(cause(2), second);
    EXPECT_EQ(asked(), 2U);
}

// The process that responds takes nothing for a while.
TEST_F(CausesTest, WhatFindsNoRoomWaitsAndTheRestIsCounted) {
    constexpr std::uint32_t all = Causes::most_kept + 3000;
    std::size_t got = 0;
    for (std::uint32_t i = 1; i <= all; ++i) causes_.ask(cause(i), second);
    std::uint64_t lost = 0;
    for (const auto& [rule, count] : causes_.take_lost(second)) lost += count;
    for (int i = 2; i < 59; ++i) {
        got += asked();
        causes_.turn(i * second);
    }
    EXPECT_GT(lost, 0U);
    EXPECT_EQ(got + lost, all);
    causes_.ask(cause(1), 100 * second);
    EXPECT_EQ(asked(), 1U) << "room again";
}

TEST_F(CausesTest, ALinkThatIsGoneIsTriedUntilItIsTooLate) {
    answerer_.reset();
    causes_.ask(cause(1), second);
    causes_.ask(cause(2), second);
    causes_.turn(2 * second);
    EXPECT_TRUE(causes_.take_lost(2 * second).empty());
    SetUp();
    causes_.turn(3 * second);
    EXPECT_EQ(asked(), 2U);
    answerer_.reset();
    causes_.ask(cause(3), 4 * second);
    causes_.turn(4 * second + Causes::patience);
    const auto lost = causes_.take_lost(4 * second + Causes::patience);
    ASSERT_EQ(lost.size(), 1U);
    EXPECT_EQ(lost.at("r"), 1U);
}

}  // namespace
}  // namespace shoji::station
