// Unix sockets between Shoji's programs: who is at the other end is asked of the kernel (unix(7),
// SO_PEERCRED), and descriptors can travel with a message (SCM_RIGHTS).
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include <sys/types.h>

namespace shoji::base {

enum class SocketKind {
    stream,  // SOCK_STREAM: a byte stream
    packet,  // SOCK_SEQPACKET: whole messages in order
};

struct PeerCredentials {
    pid_t process = 0;
    uid_t user = 0;
    gid_t group = 0;
};

struct Packet {
    std::vector<std::uint8_t> bytes;  // empty: the peer has closed
    std::vector<FileDescriptor> descriptors;
};

// Binds and listens at `path` with permission bits `mode`; an old socket file there is replaced.
// The descriptors made here are close-on-exec; non-blocking where asked.
Result<FileDescriptor> listen_unix(const std::filesystem::path& path, SocketKind kind, mode_t mode,
                                   bool non_blocking);
Result<FileDescriptor> connect_unix(const std::filesystem::path& path, SocketKind kind);
// The next connection waiting at a listening socket; close-on-exec.
Result<FileDescriptor> accept_unix(int listener, bool non_blocking);
Result<std::pair<FileDescriptor, FileDescriptor>> unix_socket_pair(SocketKind kind);
Result<PeerCredentials> peer_credentials(int socket);

// One whole message of a packet socket. Waits as the descriptor's blocking mode says.
Result<void> send_packet(int socket, std::span<const std::uint8_t> bytes,
                         std::span<const int> descriptors = {});
// A message longer than `limit` bytes, or with more than 8 descriptors, is an error.
Result<Packet> receive_packet(int socket, std::size_t limit);

}  // namespace shoji::base
