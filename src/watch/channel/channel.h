// One TLS connection over a socket that does not block, with a bounded buffer each way. Whoever has
// it polls the socket for what wants() says and calls advance(), in a thread that ignores or blocks
// SIGPIPE: OpenSSL writes to sockets that the other end has closed.
#pragma once

#include "core/base/file_descriptor.h"
#include "watch/channel/context.h"

#include <span>
#include <vector>

namespace shoji::channel {

class Channel {
  public:
    static constexpr std::size_t maximum_received = std::size_t{2} << 20U;  // bytes not yet taken

    // `socket` is connected, or connecting, and does not block.
    static base::Result<Channel> make(const Context& context, base::FileDescriptor socket);

    // Does what can be done without waiting: the handshake, sending, receiving. An error ends the
    // connection; `unavailable`: the other end has closed it or went away; `denied`: one end does
    // not accept the other's certificate.
    base::Result<void> advance();

    // The handshake is over, so peer() is somebody.
    [[nodiscard]] bool ready() const { return ready_; }
    [[nodiscard]] const Peer& peer() const { return peer_; }
    [[nodiscard]] int socket() const { return socket_.get(); }
    // POLLIN, POLLOUT.
    [[nodiscard]] short wants() const;

    // Sent as advance() can. The caller looks at unsent() before it sends more.
    void send(std::span<const std::uint8_t> bytes);
    [[nodiscard]] std::size_t unsent() const { return outgoing_.size() - sent_; }

    // What came and was not taken. Nothing is received while this is full, or while it is paused.
    std::vector<std::uint8_t> take_received();
    [[nodiscard]] bool has_received() const { return !received_.empty(); }
    void pause(bool paused) { paused_ = paused; }

    // Says goodbye, as far as that can be done without waiting.
    void close();

  private:
    Channel(const Context& context, base::FileDescriptor socket, std::shared_ptr<SSL> connection)
        : context_(context), socket_(std::move(socket)), connection_(std::move(connection)) {}

    [[nodiscard]] bool may_receive() const {
        return !paused_ && received_.size() < maximum_received;
    }
    base::Result<bool> shake_hands();
    base::Result<void> send_some();
    base::Result<void> receive_some();
    base::Result<bool> waits(int result);

    Context context_;
    base::FileDescriptor socket_;
    std::shared_ptr<SSL> connection_;
    Peer peer_;
    std::vector<std::uint8_t> outgoing_;
    std::size_t sent_ = 0;
    std::vector<std::uint8_t> received_;
    bool ready_ = false;
    bool paused_ = false;
    bool wants_write_ = false;  // TLS itself must write before it goes on
};

}  // namespace shoji::channel
