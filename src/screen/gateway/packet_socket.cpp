#include "screen/gateway/packet_socket.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

namespace shoji::gateway {

base::Result<PacketSocket> PacketSocket::connect(const asio::any_io_executor& executor,
                                                 const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string& text = path.native();
    if (text.size() >= sizeof address.sun_path) {
        return base::fail(base::ErrorKind::invalid, "the socket path {} is too long", text);
    }
    std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
    base::FileDescriptor socket(
        ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.valid()) return base::fail_errno(errno, "making a Unix socket");
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return base::fail(base::ErrorKind::unavailable, "connecting to {}: {}", text,
                          std::generic_category().message(errno));
    }
    return PacketSocket(executor, std::move(socket));
}

PacketSocket::PacketSocket(const asio::any_io_executor& executor, base::FileDescriptor socket)
    : descriptor_(executor, socket.release()) {
    boost::system::error_code ignored;  // the descriptor is open: it cannot fail
    descriptor_.native_non_blocking(true, ignored);
}

base::Result<void> PacketSocket::send(std::span<const std::uint8_t> packet) {
    if (!descriptor_.is_open()) {
        return base::fail(base::ErrorKind::unavailable, "the connection is closed");
    }
    return base::send_packet(descriptor_.native_handle(), packet);
}

Task<base::Result<base::Packet>> PacketSocket::receive(std::size_t limit) {
    boost::system::error_code error;
    co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                                    asio::redirect_error(asio::use_awaitable, error));
    if (error || !descriptor_.is_open()) co_return base::Packet{};
    co_return base::receive_packet(descriptor_.native_handle(), limit);
}

base::Result<base::PeerCredentials> PacketSocket::peer() {
    return base::peer_credentials(descriptor_.native_handle());
}

void PacketSocket::close() {
    boost::system::error_code ignored;
    descriptor_.close(ignored);
}

}  // namespace shoji::gateway
