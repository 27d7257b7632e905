#include "watch/station/errands.h"

#include "core/base/unix_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace shoji::station {
namespace {

class ErrandsTest : public testing::Test {
  protected:
    void SetUp() override { connect(); }
    void connect() {
        auto pair = base::unix_socket_pair(base::SocketKind::packet);
        ASSERT_TRUE(pair);
        errands_.connect(std::move(pair->first));
        end_ = std::move(pair->second);
    }
    // The number of the order that came; 0: none did.
    std::uint64_t received() {
        std::vector<std::uint8_t> bytes(letters::most_errand);
        const auto count = ::recv(end_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (count <= 0) return 0;
        const auto errand =
            letters::decode_errand(letters::View(bytes).first(static_cast<std::size_t>(count)));
        return errand ? errand->number : 0;
    }
    void say(const letters::Bytes& bytes) {
        ASSERT_EQ(::send(end_.get(), bytes.data(), bytes.size(), 0),
                  static_cast<ssize_t>(bytes.size()));
    }

    std::vector<line::Report> told_;
    Errands errands_{true, [this](line::Report report) { told_.push_back(std::move(report)); }};
    base::FileDescriptor end_;
};

TEST_F(ErrandsTest, AnOrderGoesOnceAndItsEndIsTold) {
    errands_.put({7, {1, 2}});
    errands_.turn();
    EXPECT_EQ(received(), 7U);
    errands_.turn();
    EXPECT_EQ(received(), 0U);
    say(encode(letters::Verdict{7, letters::Verdict::End::failed, "{}"}));
    errands_.turn();
    ASSERT_EQ(told_.size(), 1U);
    EXPECT_EQ(told_[0], (line::Report{7, line::OrderState::failed, {'{', '}'}}));
    say(encode(letters::Verdict{7, letters::Verdict::End::done, "{}"}));
    say(encode(letters::Verdict{8, letters::Verdict::End::done, "{}"}));
    errands_.turn();
    EXPECT_EQ(told_.size(), 1U) << "of what was not asked nothing is told";
}

TEST_F(ErrandsTest, WhatHasNoEndIsSaidAgainToAnotherOne) {
    errands_.put({7, {1}});
    errands_.turn();
    end_.reset();
    errands_.turn();
    EXPECT_EQ(errands_.socket(), -1);
    errands_.put({8, {1}});
    errands_.turn();
    connect();
    errands_.turn();
    EXPECT_EQ(received(), 7U);
    EXPECT_EQ(received(), 8U);
}

TEST_F(ErrandsTest, WhoBreaksTheFormIsHeardNoMore) {
    errands_.put({7, {1}});
    errands_.turn();
    say({1, 2, 3});
    errands_.turn();
    EXPECT_EQ(errands_.socket(), -1);
    EXPECT_TRUE(told_.empty());
}

TEST(Errands, WithoutSomebodyWhoRespondsEveryOrderIsRefused) {
    std::vector<line::Report> told;
    Errands errands(false, [&](line::Report report) { told.push_back(std::move(report)); });
    errands.put({7, {1}});
    errands.turn();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].state, line::OrderState::refused);
    const std::string text(told[0].answer.begin(), told[0].answer.end());
    EXPECT_NE(text.find("response.order.nobody"), std::string::npos);
}

}  // namespace
}  // namespace shoji::station
