#include "core/audit/server.h"

#include "core/base/unix_socket.h"

#include <algorithm>
#include <cerrno>

#include <poll.h>
#include <spdlog/spdlog.h>

namespace shoji::audit {
namespace {

using base::Result;

// Records that one sender may have in a turn, so that none is starved.
constexpr std::size_t share_of_turn = 8;

bool is_readable(int descriptor) {
    pollfd wait{descriptor, POLLIN, 0};
    return ::poll(&wait, 1, 0) == 1;
}

}  // namespace

Server::Server(Writer& writer, base::FileDescriptor listener, std::vector<uid_t> senders, int end)
    : writer_(writer), listener_(std::move(listener)), senders_(std::move(senders)), end_(end) {}

void Server::accept() {
    auto socket = base::accept_unix(listener_.get(), true);
    if (!socket) return spdlog::warn("{}", socket.error().message);
    const auto peer = base::peer_credentials(socket->get());
    if (!peer) return spdlog::warn("{}", peer.error().message);
    if (std::ranges::find(senders_, peer->user) == senders_.end()) {
        return spdlog::warn("user id {} may not write to the journal", peer->user);
    }
    const auto own = std::ranges::count(connections_, peer->user, &Connection::user);
    if (connections_.size() >= maximum_connections ||
        static_cast<std::size_t>(own) >= maximum_connections_of_user) {
        return spdlog::warn("user id {} has too many connections", peer->user);
    }
    connections_.push_back({std::move(*socket), peer->user, false});
}

void Server::collect(Connection& connection) {
    for (std::size_t i = 0; i < share_of_turn && records_.size() < maximum_batch; ++i) {
        if (!is_readable(connection.socket.get())) return;
        const auto packet = base::receive_packet(connection.socket.get(), journal::maximum_record);
        connection.broken = !packet || packet->bytes.empty();
        if (connection.broken) return;
        auto record = journal::decode_record(packet->bytes);
        if (!record) {
            spdlog::warn("user id {}: {}", connection.user, record.error().message);
            connection.broken = true;
            return;
        }
        records_.push_back({connection.user, std::move(*record)});
        origins_.push_back(&connection);
    }
}

void Server::answer() {
    if (records_.empty()) return;
    const auto acknowledgements = writer_.append(records_);
    for (std::size_t i = 0; i < origins_.size(); ++i) {
        const auto byte = static_cast<std::uint8_t>(acknowledgements[i]);
        // Who does not take its answers is let go: it sends again what it was not told of.
        if (!base::send_packet(origins_[i]->socket.get(), {&byte, 1})) origins_[i]->broken = true;
    }
    records_.clear();
    origins_.clear();
}

void Server::sign_if_due() {
    const auto due = writer_.until_checkpoint();
    if (!due || due->count() > 0) return;
    if (auto signed_now = writer_.sign(); !signed_now) {
        spdlog::error("{}", signed_now.error().message);
    }
}

// Milliseconds, rounded up; -1: for ever.
int Server::patience() const {
    const auto due = writer_.until_checkpoint();
    return due ? static_cast<int>(due->count() / 1000 + 1) : -1;
}

Result<void> Server::run() {
    for (;;) {
        std::vector<pollfd> waits{{end_, POLLIN, 0}, {listener_.get(), POLLIN, 0}};
        for (const Connection& connection : connections_) {
            waits.push_back({connection.socket.get(), POLLIN, 0});
        }
        if (::poll(waits.data(), waits.size(), patience()) < 0 && errno != EINTR) {
            return base::fail_errno(errno, "waiting for records");
        }
        if (waits[0].revents != 0) return {};
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            if (waits[i + 2].revents != 0) collect(connections_[i]);
        }
        answer();
        sign_if_due();
        std::erase_if(connections_, [](const Connection& it) { return it.broken; });
        if (waits[1].revents != 0) accept();
    }
}

}  // namespace shoji::audit
