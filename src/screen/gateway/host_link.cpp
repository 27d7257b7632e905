#include "screen/gateway/host_link.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace shoji::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto start_limit = 20s;
constexpr auto answer_limit = 5s;
constexpr auto retry_pause = 250ms;

}  // namespace

HostLink::HostLink(const asio::any_io_executor& executor, std::filesystem::path path,
                   std::vector<uid_t> users)
    : executor_(executor), path_(std::move(path)), users_(std::move(users)) {}

Task<std::optional<HostLink::Answer>> HostLink::ask(const control::ToHost& request,
                                                    std::uint32_t number,
                                                    std::chrono::milliseconds limit) {
    if (!socket_) co_return std::nullopt;
    if (auto sent = socket_->send(control::encode(request)); !sent) {
        spdlog::error("host: {}", sent.error().message);
        socket_->close();
        co_return std::nullopt;
    }
    auto promise = std::make_shared<Promise<Answer>>(executor_);
    pending_.emplace(number, promise);
    auto answer = co_await promise->wait(limit);
    pending_.erase(number);
    co_return answer;
}

Task<HostAnswer> HostLink::start(control::Start request) {
    request.request = ++last_request_;
    auto answer = co_await ask(request, request.request, start_limit);
    co_return answer ? std::move(answer->host) : HostAnswer{};
}

Task<HostAnswer> HostLink::attach(control::SessionId session) {
    control::Attach request;
    request.request = ++last_request_;
    request.session = session;
    auto answer = co_await ask(request, request.request, answer_limit);
    co_return answer ? std::move(answer->host) : HostAnswer{};
}

Task<std::optional<std::vector<control::SessionEntry>>> HostLink::list() {
    control::List request;
    request.request = ++last_request_;
    auto answer = co_await ask(request, request.request, answer_limit);
    if (!answer) co_return std::nullopt;
    co_return std::move(answer->sessions);
}

void HostLink::end(const control::SessionId& session) {
    if (!socket_) return;
    if (!socket_->send(control::encode(control::ToHost{control::End{session}}))) socket_->close();
}

void HostLink::settle(std::uint32_t request, Answer answer) {
    const auto found = pending_.find(request);
    if (found != pending_.end()) found->second->set(std::move(answer));
}

void HostLink::take_started(const control::Started& started, base::Packet& packet) {
    Answer answer;
    answer.host.streams = Streams{started.session, std::move(packet.descriptors.at(0)),
                                  std::move(packet.descriptors.at(1))};
    if (pending_.contains(started.request)) return settle(started.request, std::move(answer));
    // Whoever asked has given up: a session that nobody knows of must not stay.
    spdlog::warn("host: session {} came too late", control::to_text(started.session));
    end(started.session);
}

base::Result<void> HostLink::take(base::Packet packet) {
    auto message = control::decode_from_host(packet.bytes);
    if (!message) return base::Failure(message.error());
    const std::size_t wanted = std::holds_alternative<control::Started>(*message) ? 2 : 0;
    if (packet.descriptors.size() != wanted) {
        return base::fail(base::ErrorKind::invalid, "a message came with {} descriptors, not {}",
                          packet.descriptors.size(), wanted);
    }
    if (const auto* started = std::get_if<control::Started>(&*message)) {
        take_started(*started, packet);
    } else if (const auto* failed = std::get_if<control::Failed>(&*message)) {
        settle(failed->request, Answer{HostAnswer{{}, failed->reason}, {}});
    } else if (const auto* exited = std::get_if<control::Exited>(&*message)) {
        on_exited_(*exited);
    } else if (auto* listing = std::get_if<control::Listing>(&*message)) {
        settle(listing->request, Answer{{}, std::move(listing->sessions)});
    }
    return {};
}

base::Result<std::shared_ptr<PacketSocket>> HostLink::connect() {
    auto socket = PacketSocket::connect(executor_, path_);
    if (!socket) return base::Failure(socket.error());
    const auto peer = socket->peer();
    if (!peer) return base::Failure(peer.error());
    if (std::ranges::find(users_, peer->user) == users_.end()) {
        return base::fail(base::ErrorKind::denied, "user id {} at {} is not shoji-host", peer->user,
                          path_.native());
    }
    return std::make_shared<PacketSocket>(std::move(*socket));
}

Task<> HostLink::converse() {
    const auto socket = socket_;
    for (;;) {
        auto packet = co_await socket->receive(control::maximum_packet);
        if (!packet || packet->bytes.empty()) co_return;
        if (auto taken = take(std::move(*packet)); !taken) {
            spdlog::error("host: it sent a malformed message: {}", taken.error().message);
            co_return;
        }
    }
}

Task<> HostLink::run() {
    bool told = false;
    for (;;) {
        auto socket = connect();
        if (socket) {
            told = false;
            socket_ = std::move(*socket);
            spdlog::info("host: connected");
            on_connected_();
            co_await converse();
            socket_.reset();
            for (const auto& [number, promise] : std::exchange(pending_, {})) promise->set({});
            spdlog::warn("host: the connection broke");
            on_lost_();
        } else if (!std::exchange(told, true)) {
            spdlog::warn("host: {}", socket.error().message);
        }
        co_await sleep_for(retry_pause);
    }
}

}  // namespace shoji::gateway
