#include "core/base/unix_socket.h"

#include <cstdlib>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace shoji::base {
namespace {

class UnixSocket : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "shoji-socket-XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::filesystem::path folder_;
};

TEST_F(UnixSocket, PassesAMessageAndADescriptor) {
    auto pair = unix_socket_pair(SocketKind::packet);
    ASSERT_TRUE(pair);
    const std::vector<std::uint8_t> bytes{1, 2, 3};
    const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const FileDescriptor file(descriptor);
    ASSERT_TRUE(send_packet(pair->first.get(), bytes, std::span(&descriptor, 1)));
    const auto packet = receive_packet(pair->second.get(), 16);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->bytes, bytes);
    ASSERT_EQ(packet->descriptors.size(), 1U);
    EXPECT_NE(::fcntl(packet->descriptors[0].get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(UnixSocket, RefusesAMessageOverTheLimitAndClosesItsDescriptors) {
    auto pair = unix_socket_pair(SocketKind::packet);
    ASSERT_TRUE(pair);
    ASSERT_TRUE(send_packet(pair->first.get(), std::vector<std::uint8_t>(17)));
    const auto packet = receive_packet(pair->second.get(), 16);
    ASSERT_FALSE(packet);
    EXPECT_EQ(packet.error().kind, ErrorKind::invalid);
}

TEST_F(UnixSocket, TellsThePeersUser) {
    const auto path = folder_ / "socket";
    auto listener = listen_unix(path, SocketKind::packet, 0600, false);
    ASSERT_TRUE(listener) << listener.error().message;
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    auto client = connect_unix(path, SocketKind::packet);
    ASSERT_TRUE(client);
    auto server = accept_unix(listener->get(), false);
    ASSERT_TRUE(server);
    const auto peer = peer_credentials(server->get());
    ASSERT_TRUE(peer);
    EXPECT_EQ(peer->user, ::getuid());
    EXPECT_EQ(peer->process, ::getpid());
}

TEST_F(UnixSocket, ReplacesASocketFileLeftBehind) {
    const auto path = folder_ / "socket";
    { ASSERT_TRUE(listen_unix(path, SocketKind::stream, 0600, false)); }
    EXPECT_FALSE(connect_unix(path, SocketKind::stream));
    const auto listener = listen_unix(path, SocketKind::stream, 0600, false);
    ASSERT_TRUE(listener);
    EXPECT_TRUE(connect_unix(path, SocketKind::stream));
}

TEST_F(UnixSocket, ExplainsAPathThatIsTooLong) {
    const auto listener =
        listen_unix(folder_ / std::string(120, 'x'), SocketKind::stream, 0600, false);
    ASSERT_FALSE(listener);
    EXPECT_NE(listener.error().message.find("shorter folder"), std::string::npos);
}

}  // namespace
}  // namespace shoji::base
