#include "screen/host/server.h"

#include "core/base/unix_socket.h"

#include <cerrno>

#include <spdlog/spdlog.h>
#include <unistd.h>

namespace shoji::host {
namespace {

constexpr std::size_t maximum_connections = 8;  // one gateway, and its successor as it restarts
constexpr std::size_t maximum_listed = 1000;

}  // namespace

base::Result<std::unique_ptr<Server>> Server::listen(const base::Settings& settings,
                                                     EventLoop& loop) {
    std::unique_ptr<Server> server(new Server(settings, loop));
    auto listener = base::listen_unix(settings.host_socket(), base::SocketKind::packet, 0600, true);
    if (!listener) return base::Failure(listener.error());
    server->listener_ = std::move(*listener);
    if (settings.separate_users) {
        const uid_t user = settings.gateway_user();
        if (::chown(settings.host_socket().c_str(), user, user) != 0) {
            return base::fail_errno(errno, "giving the host's socket to the gateway");
        }
    }
    if (auto watched = loop.watch(server->listener_.get(), [raw = server.get()] { raw->accept(); });
        !watched) {
        return base::Failure(watched.error());
    }
    return server;
}

Server::~Server() {
    for (const auto& [claimant, connection] : connections_) loop_.forget(connection.get());
    if (!listener_.valid()) return;
    loop_.forget(listener_.get());
    ::unlink(settings_.host_socket().c_str());
}

void Server::accept() {
    auto connection = base::accept_unix(listener_.get(), true);
    if (!connection) {
        spdlog::warn("{}", connection.error().message);
        return;
    }
    const auto peer = base::peer_credentials(connection->get());
    const uid_t wanted = settings_.separate_users ? settings_.gateway_user() : ::geteuid();
    if (!peer || (peer->user != wanted && peer->user != ::geteuid())) {
        spdlog::warn("a connection of user {} is refused: it is not the gateway",
                     peer ? std::to_string(peer->user) : "unknown");
        return;
    }
    if (connections_.size() == maximum_connections) {
        spdlog::warn("a connection is refused: {} are open", maximum_connections);
        return;
    }
    const Claimant claimant = next_++;
    const int descriptor = connection->get();
    connections_.emplace(claimant, std::move(*connection));
    if (auto watched = loop_.watch(descriptor, [this, claimant] { receive(claimant); }); !watched) {
        spdlog::error("{}", watched.error().message);
        close(claimant);
    }
}

void Server::receive(Claimant claimant) {
    const auto packet =
        base::receive_packet(connections_.at(claimant).get(), control::maximum_packet);
    if (packet && packet->bytes.empty()) return close(claimant);
    if (packet) {
        const auto message = control::decode_to_host(packet->bytes);
        if (message && packet->descriptors.empty()) {
            std::visit([&](const auto& kind) { handle(claimant, kind); }, *message);
            return;
        }
        spdlog::warn("a gateway is cut off: {}",
                     message ? "its packet brings descriptors" : message.error().message);
        send(claimant, control::Failed{0, control::Reason::invalid_request});
    } else {
        spdlog::warn("a gateway is cut off: {}", packet.error().message);
        send(claimant, control::Failed{0, control::Reason::invalid_request});
    }
    close(claimant);
}

void Server::handle(Claimant claimant, const control::Start& start) {
    answer(claimant, start.request, sessions_->start(start, claimant));
}

void Server::handle(Claimant claimant, const control::Attach& attach) {
    answer(claimant, attach.request, sessions_->attach(attach.session, claimant));
}

void Server::handle(Claimant claimant, const control::End& end) {
    if (!sessions_->end(end.session, control::Reason::ended)) {
        send(claimant, control::Exited{end.session, control::Reason::unknown_session});
    }
}

void Server::handle(Claimant claimant, const control::List& list) {
    auto sessions = sessions_->list();
    if (sessions.size() > maximum_listed) sessions.resize(maximum_listed);
    send(claimant, control::Listing{list.request, std::move(sessions)});
}

void Server::answer(Claimant claimant, std::uint32_t request, Sessions::Answer answer) {
    if (!answer) return send(claimant, control::Failed{request, answer.error()});
    const std::array<int, 2> descriptors{answer->descriptors[0].get(),
                                         answer->descriptors[1].get()};
    send(claimant, control::Started{request, answer->session}, descriptors);
}

void Server::report(Claimant claimant, const control::Exited& exited) {
    send(claimant, exited);
}

void Server::send(Claimant claimant, const control::FromHost& message,
                  std::span<const int> descriptors) {
    const auto found = connections_.find(claimant);
    if (found == connections_.end()) return;
    // The socket holds some hundred packets; a gateway that lets them pile up no longer works.
    auto sent = base::send_packet(found->second.get(), control::encode(message), descriptors);
    if (sent) return;
    spdlog::warn("a gateway is cut off: {}", sent.error().message);
    close(claimant);
}

void Server::close(Claimant claimant) {
    const auto found = connections_.find(claimant);
    if (found == connections_.end()) return;
    loop_.forget(found->second.get());
    connections_.erase(found);
    sessions_->release(claimant);
}

}  // namespace shoji::host
