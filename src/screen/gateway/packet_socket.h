// A SOCK_SEQPACKET Unix socket on the loop: to shoji-audit, to shoji-host, from an egress.
#pragma once

#include "core/base/unix_socket.h"
#include "screen/gateway/loop.h"

#include <filesystem>
#include <memory>

#include <boost/asio/posix/stream_descriptor.hpp>

namespace shoji::gateway {

class PacketSocket {
  public:
    // Never waits: a program that does not accept in time counts as away (`unavailable`).
    static base::Result<PacketSocket> connect(const asio::any_io_executor& executor,
                                              const std::filesystem::path& path);
    // Takes a connected socket over and makes it non-blocking.
    PacketSocket(const asio::any_io_executor& executor, base::FileDescriptor socket);

    // Never waits: a peer that lets its buffer fill up is an error.
    base::Result<void> send(std::span<const std::uint8_t> packet);
    // The next packet of at most `limit` bytes; empty bytes: the peer has closed, or close() was
    // called. The socket must outlive the wait.
    Task<base::Result<base::Packet>> receive(std::size_t limit);
    [[nodiscard]] base::Result<base::PeerCredentials> peer();
    void close();

  private:
    asio::posix::stream_descriptor descriptor_;
};

}  // namespace shoji::gateway
