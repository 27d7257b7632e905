#include "core/journal/client.h"

#include "core/base/unix_socket.h"

#include <algorithm>
#include <cerrno>

#include <sys/socket.h>
#include <sys/time.h>

namespace shoji::journal {
namespace {

using base::ErrorKind;

}  // namespace

base::Result<void> Client::connect() {
    auto socket = base::connect_unix(path_, base::SocketKind::packet);
    if (!socket) return base::Failure(socket.error());
    const auto peer = base::peer_credentials(socket->get());
    if (!peer) return base::Failure(peer.error());
    if (std::ranges::find(users_, peer->user) == users_.end()) {
        return base::fail(ErrorKind::denied, "user id {} at {} is not shoji-audit", peer->user,
                          path_.native());
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit_);
    const timeval limit{
        seconds.count(),
        std::chrono::duration_cast<std::chrono::microseconds>(limit_ - seconds).count()};
    for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
        if (::setsockopt(socket->get(), SOL_SOCKET, option, &limit, sizeof limit) != 0) {
            return base::fail_errno(errno, "limiting the wait for shoji-audit");
        }
    }
    socket_ = std::move(*socket);
    return {};
}

base::Result<Acknowledgement> Client::exchange(std::span<const std::uint8_t> packet) {
    if (auto sent = base::send_packet(socket_.get(), packet); !sent) {
        return base::Failure(sent.error());
    }
    const auto answer = base::receive_packet(socket_.get(), 1);
    if (!answer) return base::Failure(answer.error());
    if (answer->bytes.size() != 1 || answer->bytes[0] > 2) {
        return base::fail(ErrorKind::unavailable, "shoji-audit closed the connection");
    }
    return static_cast<Acknowledgement>(answer->bytes[0]);
}

base::Result<Acknowledgement> Client::send(const Record& record) {
    const auto packet = encode(record);
    const bool connected_before = socket_.valid();
    if (connected_before) {
        if (auto answer = exchange(packet)) return answer;
        socket_.reset();
    }
    if (auto connected = connect(); !connected) return base::Failure(connected.error());
    auto answer = exchange(packet);
    if (!answer) {
        // An answer that comes late must not be taken for that to the next record.
        socket_.reset();
        answer.error().kind = ErrorKind::unavailable;
        return base::Failure(std::move(answer.error()).context("waiting for shoji-audit"));
    }
    return answer;
}

}  // namespace shoji::journal
