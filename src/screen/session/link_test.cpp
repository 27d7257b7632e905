#include "screen/session/link.h"

#include "core/base/unix_socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

namespace shoji::session {
namespace {

using Bytes = std::vector<std::uint8_t>;

class LinkTest : public ::testing::Test {
  protected:
    LinkTest() {
        auto ends = base::unix_socket_pair(base::SocketKind::stream);
        ::fcntl(ends->first.get(), F_SETFL, O_NONBLOCK);
        link_.emplace(std::move(ends->first));
        peer_ = std::move(ends->second);
        ::fcntl(peer_.get(), F_SETFL, O_NONBLOCK);
    }
    void write(const Bytes& bytes) {
        ASSERT_EQ(::send(peer_.get(), bytes.data(), bytes.size(), 0),
                  static_cast<ssize_t>(bytes.size()));
    }
    base::Result<bool> receive() {
        return link_->receive([&](std::span<const std::uint8_t> message) -> base::Result<void> {
            got_.emplace_back(message.begin(), message.end());
            if (message.front() == 0xff) return base::fail(base::ErrorKind::invalid, "refused");
            return {};
        });
    }

    std::optional<Link> link_;
    base::FileDescriptor peer_;
    std::vector<Bytes> got_;
};

TEST_F(LinkTest, GivesWholeMessages) {
    EXPECT_TRUE(receive().value()) << "nothing there";
    write({2, 0, 0, 0, 7});
    EXPECT_TRUE(receive().value());
    EXPECT_TRUE(got_.empty());
    write({8, 1, 0, 0, 0, 9});
    EXPECT_TRUE(receive().value());
    EXPECT_EQ(got_, (std::vector<Bytes>{{7, 8}, {9}}));
}

TEST_F(LinkTest, TellsWhenTheOtherEndHasClosed) {
    peer_.reset();
    EXPECT_FALSE(receive().value());
}

TEST_F(LinkTest, StopsAtTheFirstError) {
    write({1, 0, 0, 0, 0xff, 1, 0, 0, 0, 1});
    EXPECT_FALSE(receive());
    EXPECT_EQ(got_.size(), 1U);
}

TEST_F(LinkTest, SendsLengthsBeforeMessages) {
    link_->send({1, 2, 3});
    link_->send({4});
    EXPECT_TRUE(link_->waiting());
    ASSERT_TRUE(link_->flush());
    EXPECT_FALSE(link_->waiting());
    Bytes bytes(100);
    bytes.resize(static_cast<std::size_t>(::recv(peer_.get(), bytes.data(), bytes.size(), 0)));
    EXPECT_EQ(bytes, (Bytes{3, 0, 0, 0, 1, 2, 3, 1, 0, 0, 0, 4}));
}

TEST_F(LinkTest, HoldsWhatTheSocketDoesNotTake) {
    Bytes message(std::size_t{1} << 20);
    for (std::size_t i = 0; i < message.size(); ++i)
        message[i] = static_cast<std::uint8_t>(i / 251);
    Bytes expected;
    for (int i = 0; i < 3; ++i) {
        const auto length = wire::frame_length(message.size());
        expected.insert(expected.end(), length.begin(), length.end());
        expected.insert(expected.end(), message.begin(), message.end());
        link_->send(message);
    }
    ASSERT_TRUE(link_->flush());
    EXPECT_TRUE(link_->waiting());
    EXPECT_TRUE(link_->congested());
    Bytes got;
    Bytes buffer(30000);
    while (got.size() < expected.size()) {
        const auto count = ::recv(peer_.get(), buffer.data(), buffer.size(), 0);
        ASSERT_GT(count, 0);
        got.insert(got.end(), buffer.begin(), buffer.begin() + count);
        ASSERT_TRUE(link_->flush());
    }
    EXPECT_EQ(got, expected);
    EXPECT_FALSE(link_->waiting());
    EXPECT_FALSE(link_->congested());
}

TEST_F(LinkTest, WritingToAClosedPeerIsAnErrorAndNoSignal) {
    peer_.reset();
    link_->send({1});
    EXPECT_FALSE(link_->flush());
}

}  // namespace
}  // namespace shoji::session
