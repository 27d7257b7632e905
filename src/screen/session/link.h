// The socket of the one viewer (through the gateway): bytes to messages, and messages to bytes that
// wait when the other end does not read.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "screen/session/stream.h"
#include "screen/wire/framing.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <vector>

namespace shoji::session {

class Link final : public Outlet {
  public:
    // A connected stream socket that does not block.
    explicit Link(base::FileDescriptor socket) : socket_(std::move(socket)) {}

    [[nodiscard]] int descriptor() const { return socket_.get(); }

    // Reads what is there, up to a bounded amount, and gives each message to `handle`. False: the
    // other end has closed. The errors are the socket's, those of the framing, and `handle`'s.
    using Handle = std::function<base::Result<void>(std::span<const std::uint8_t>)>;
    base::Result<bool> receive(const Handle& handle);

    // Queues the message; flush() sends it.
    void send(std::vector<std::uint8_t> message) override;
    // Sends as much as the socket takes now.
    base::Result<void> flush();
    // Something waits in the queue: flush() again when the socket is writable.
    [[nodiscard]] bool waiting() const { return !queue_.empty(); }
    // So much waits that nothing more should be asked for: the owner stops reading, and with it
    // what answers, so that a peer who asks and does not listen fills its own queue.
    [[nodiscard]] bool congested() const override { return queued_bytes_ > congestion_bytes; }

  private:
    static constexpr std::size_t congestion_bytes = std::size_t{64} * 1024;

    base::FileDescriptor socket_;
    wire::Deframer deframer_{wire::maximum_from_viewer};
    std::deque<std::vector<std::uint8_t>> queue_;
    std::size_t queued_bytes_ = 0;
    std::size_t sent_of_first_ = 0;  // bytes of queue_'s first
};

}  // namespace shoji::session
