#include "core/journal/client.h"

#include "core/base/unix_socket.h"
#include "core/journal/sample_test.h"

#include <future>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

namespace shoji::journal {
namespace {

using namespace std::chrono_literals;
using base::ErrorKind;

class ClientTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string folder = testing::TempDir() + "shoji-client-XXXXXX";
        ASSERT_NE(::mkdtemp(folder.data()), nullptr);
        folder_ = folder;
        path_ = folder_ / "audit.sock";
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    void listen() {
        auto listener = base::listen_unix(path_, base::SocketKind::packet, 0600, false);
        ASSERT_TRUE(listener) << listener.error().message;
        listener_ = std::move(*listener);
    }

    // Takes one connection and answers `answers` records on it, then closes it.
    std::future<std::vector<Record>> serve(std::vector<std::uint8_t> answers) {
        return std::async(std::launch::async, [this, answers = std::move(answers)] {
            std::vector<Record> records;
            const auto connection = base::accept_unix(listener_.get(), false);
            for (const std::uint8_t answer : answers) {
                const auto packet = base::receive_packet(connection->get(), maximum_record);
                if (packet) records.push_back(*decode_record(packet->bytes));
                EXPECT_TRUE(base::send_packet(connection->get(), {&answer, 1}));
            }
            return records;
        });
    }

    std::filesystem::path folder_;
    std::filesystem::path path_;
    base::FileDescriptor listener_;
};

TEST_F(ClientTest, HandsOverTheAnswer) {
    listen();
    auto served = serve({0, 1, 2});
    Client client(path_, {::geteuid()});
    EXPECT_EQ(*client.send(sample_record(1)), Acknowledgement::written);
    EXPECT_EQ(*client.send(sample_record(2)), Acknowledgement::full);
    EXPECT_EQ(*client.send(sample_record(3)), Acknowledgement::failed);
    EXPECT_EQ(served.get(),
              (std::vector<Record>{sample_record(1), sample_record(2), sample_record(3)}));
}

TEST_F(ClientTest, ConnectsAgain) {
    listen();
    Client client(path_, {::geteuid()});
    for (int round = 0; round < 3; ++round) {
        auto served = serve({0});
        EXPECT_EQ(*client.send(sample_record(1)), Acknowledgement::written);
        served.get();
    }
}

TEST_F(ClientTest, SaysThatNobodyIsThere) {
    Client client(path_, {::geteuid()});
    const auto answer = client.send(sample_record(1));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
}

TEST_F(ClientTest, WaitsNoLongerThanItsLimit) {
    listen();
    Client client(path_, {::geteuid()}, 30ms);
    const auto answer = client.send(sample_record(1));  // connected, never accepted
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
}

TEST_F(ClientTest, TellsNobodyElse) {
    listen();
    Client client(path_, {::geteuid() + 1});
    const auto answer = client.send(sample_record(1));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::denied);
}

TEST_F(ClientTest, RefusesAnAnswerThatIsNone) {
    listen();
    auto served = serve({9});
    Client client(path_, {::geteuid()});
    EXPECT_FALSE(client.send(sample_record(1)));
    served.get();
}

}  // namespace
}  // namespace shoji::journal
