#include "core/base/unix_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace shoji::base {
namespace {

constexpr std::size_t maximum_descriptors = 8;

int type_of(SocketKind kind) {
    return kind == SocketKind::stream ? SOCK_STREAM : SOCK_SEQPACKET;
}

Result<sockaddr_un> address_of(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string& text = path.native();
    if (text.size() >= sizeof address.sun_path) {
        return fail(
            ErrorKind::invalid,
            "the socket path {} has {} bytes, the system allows {}: choose a shorter folder "
            "for the run-time files",
            text, text.size(), sizeof address.sun_path - 1);
    }
    std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
    return address;
}

Result<FileDescriptor> make_socket(SocketKind kind, bool non_blocking) {
    FileDescriptor socket(
        ::socket(AF_UNIX, type_of(kind) | SOCK_CLOEXEC | (non_blocking ? SOCK_NONBLOCK : 0), 0));
    if (!socket.valid()) return fail_errno(errno, "making a Unix socket");
    return socket;
}

}  // namespace

Result<FileDescriptor> listen_unix(const std::filesystem::path& path, SocketKind kind, mode_t mode,
                                   bool non_blocking) {
    const auto address = address_of(path);
    if (!address) return Failure(address.error());
    auto socket = make_socket(kind, non_blocking);
    if (!socket) return socket;
    std::error_code ignored;  // an old socket file may or may not be there; bind tells
    if (std::filesystem::is_socket(path, ignored)) std::filesystem::remove(path, ignored);
    // Mode 0 until chmod, so that nobody connects before the wanted permissions hold.
    if (::fchmod(socket->get(), 0) != 0) return fail_errno(errno, "closing a new socket");
    if (::bind(socket->get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
        return fail_errno(errno, "binding " + path.native());
    }
    if (::chmod(path.c_str(), mode) != 0) return fail_errno(errno, "opening " + path.native());
    if (::listen(socket->get(), 64) != 0) return fail_errno(errno, "listening at " + path.native());
    return socket;
}

Result<FileDescriptor> connect_unix(const std::filesystem::path& path, SocketKind kind) {
    const auto address = address_of(path);
    if (!address) return Failure(address.error());
    auto socket = make_socket(kind, false);
    if (!socket) return socket;
    if (::connect(socket->get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) !=
        0) {
        auto failure = fail_errno(errno, "connecting to " + path.native());
        failure.value().kind = ErrorKind::unavailable;
        return failure;
    }
    return socket;
}

Result<FileDescriptor> accept_unix(int listener, bool non_blocking) {
    FileDescriptor socket(
        ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | (non_blocking ? SOCK_NONBLOCK : 0)));
    if (!socket.valid()) return fail_errno(errno, "accepting a connection");
    return socket;
}

Result<std::pair<FileDescriptor, FileDescriptor>> unix_socket_pair(SocketKind kind) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, type_of(kind) | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return fail_errno(errno, "making a socket pair");
    }
    return std::pair{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

Result<PeerCredentials> peer_credentials(int socket) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
        return fail_errno(errno, "asking who is at the other end of a socket");
    }
    return PeerCredentials{credentials.pid, credentials.uid, credentials.gid};
}

Result<void> send_packet(int socket, std::span<const std::uint8_t> bytes,
                         std::span<const int> descriptors) {
    if (descriptors.size() > maximum_descriptors) {
        return fail(ErrorKind::invalid, "sending {} descriptors, the limit is {}",
                    descriptors.size(), maximum_descriptors);
    }
    iovec part{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(maximum_descriptors * sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
    }
    ssize_t sent = 0;
    do sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0) return fail_errno(errno, "sending a message");
    if (static_cast<std::size_t>(sent) != bytes.size()) {
        return fail(ErrorKind::system, "sending a message: only {} of {} bytes went out", sent,
                    bytes.size());
    }
    return {};
}

Result<Packet> receive_packet(int socket, std::size_t limit) {
    Packet packet;
    packet.bytes.resize(limit);
    iovec part{packet.bytes.data(), packet.bytes.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(maximum_descriptors * sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t received = 0;
    do received = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    if (received < 0) return fail_errno(errno, "receiving a message");
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int descriptor = -1;
            std::memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof descriptor);
            packet.descriptors.emplace_back(descriptor);
        }
    }
    if ((static_cast<unsigned>(message.msg_flags) & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
        return fail(ErrorKind::invalid, "receiving a message: it is longer than {} bytes", limit);
    }
    packet.bytes.resize(static_cast<std::size_t>(received));
    return packet;
}

}  // namespace shoji::base
