#include "cli/admin_client.h"

#include "core/base/unix_socket.h"

#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace shoji::cli {
namespace {

namespace fs = std::filesystem;

// A gateway that says `line` to whoever connects, reads nothing, and closes.
class AdminClient : public testing::Test {
  protected:
    void SetUp() override {
        std::string folder = testing::TempDir() + "shoji-admin-XXXXXX";
        ASSERT_NE(::mkdtemp(folder.data()), nullptr);
        folder_ = folder;
        settings_.runtime = folder_;
        fs::create_directories(settings_.admin_socket().parent_path());
    }
    void TearDown() override { fs::remove_all(folder_); }

    base::Error ask(const std::string& line) {
        const auto listener =
            base::listen_unix(settings_.admin_socket(), base::SocketKind::stream, 0600, false);
        EXPECT_TRUE(listener) << listener.error().message;
        std::thread gateway([&] {
            const auto socket = base::accept_unix(listener->get(), false);
            ::send(socket->get(), line.data(), line.size(), MSG_NOSIGNAL);
        });
        // More than the socket holds: the gateway has closed before all of it is sent.
        const auto answer =
            ask_gateway(settings_, "status", {{"more", std::string(std::size_t{4} << 20U, 'x')}});
        gateway.join();
        fs::remove(settings_.admin_socket());
        EXPECT_FALSE(answer);
        return answer ? base::Error{} : answer.error();
    }

    fs::path folder_;
    base::Settings settings_;
};

TEST_F(AdminClient, SaysWhatTheGatewaySaidBeforeItClosed) {
    const auto error = ask(R"({"ok":false,"error":{"kind":"unavailable","message":"m",)"
                           R"("key":"admin.connections","values":{}}})"
                           "\n");
    EXPECT_EQ(error.kind, base::ErrorKind::unavailable);
    EXPECT_EQ(error.key, "admin.connections");
}

TEST_F(AdminClient, SaysThatTheGatewayIsBusyWhenItClosesWithoutAWord) {
    const auto error = ask("");
    EXPECT_EQ(error.kind, base::ErrorKind::unavailable);
    EXPECT_EQ(error.key, "cli.error.gateway_closed");
}

TEST_F(AdminClient, TakesTheGatewaysOwnWordsOnly) {
    const auto foreign =
        parse_answer(R"({"ok":false,"error":{"kind":"denied","message":"m","key":"cli.help"}})");
    EXPECT_EQ(foreign.error().key, "");
    EXPECT_EQ(foreign.error().message, "m");
    const auto own = parse_answer(
        R"({"ok":false,"error":{"kind":"denied","key":"admin.no_user","values":{"name":"h","n":3}}})");
    EXPECT_EQ(own.error().key, "admin.no_user");
    ASSERT_EQ(own.error().values.size(), 1U);
    EXPECT_EQ(own.error().values.front().second, "h");
    EXPECT_EQ(parse_answer("nonsense").error().key, "cli.error.gateway_answer");
}

}  // namespace
}  // namespace shoji::cli
