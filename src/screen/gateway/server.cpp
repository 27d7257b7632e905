#include "screen/gateway/server.h"

#include "screen/gateway/clock.h"
#include "screen/gateway/http_connection.h"

#include <boost/asio/ip/v6_only.hpp>
#include <spdlog/spdlog.h>

namespace shoji::gateway {
namespace {

using asio::ip::tcp;
using namespace std::chrono_literals;

constexpr int backlog = 512;

base::Result<tcp::acceptor> listen(asio::io_context& loop, const base::Listener& listener) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(listener.address, error);
    tcp::acceptor acceptor(loop);
    const tcp::endpoint endpoint(address, listener.port);
    if (!error) acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && address.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(backlog, error);
    if (!error) return acceptor;
    return base::fail(base::ErrorKind::system, "listening at {} port {}: {}", listener.address,
                      listener.port, error.message());
}

}  // namespace

base::Result<std::vector<OpenListener>> open_listeners(asio::io_context& loop,
                                                       const base::Settings& settings) {
    std::vector<OpenListener> listeners;
    for (const auto& listener : settings.listeners) {
        auto acceptor = listen(loop, listener);
        if (!acceptor) return base::Failure(acceptor.error());
        listeners.push_back({listener, std::move(*acceptor), {}});
    }
    return listeners;
}

base::Result<void> load_keys(std::vector<OpenListener>& listeners, const base::Settings& settings) {
    for (auto& listener : listeners) {
        auto tls = load_tls(settings.gateway_state(), listener.settings.client_certificate);
        if (!tls) return base::Failure(tls.error());
        listener.tls = std::move(*tls);
    }
    return {};
}

Server::Server(Parts parts, std::string host_name, std::vector<OpenListener> listeners)
    : parts_(std::move(parts)),
      host_name_(std::move(host_name)),
      listeners_(std::move(listeners)) {}

void Server::start() {
    for (auto& listener : listeners_) {
        spdlog::info("listening at {} port {} for zone {}", listener.settings.address,
                     listener.settings.port, listener.settings.zone);
        spawn(parts_.executor, accept(listener), "accepting connections");
    }
}

void Server::stop() {
    stopped_ = true;
    boost::system::error_code ignored;
    for (auto& listener : listeners_) listener.acceptor.close(ignored);
}

Task<> Server::accept(OpenListener& listener) {
    while (!stopped_) {
        boost::system::error_code error;
        tcp::socket socket = co_await listener.acceptor.async_accept(
            asio::redirect_error(asio::use_awaitable, error));
        if (stopped_) co_return;
        if (error) {
            // Out of descriptors: those that are open end in time.
            spdlog::warn("accepting a connection: {}", error.message());
            co_await sleep_for(100ms);
            continue;
        }
        boost::system::error_code gone;
        const auto peer = socket.remote_endpoint(gone);
        const auto local = socket.local_endpoint(gone);
        if (gone) continue;
        const std::string address = peer.address().to_string();
        auto place = parts_.connections.admit(address, steady_now());
        if (!place) {  // closed at once: no memory and no handshake is spent on it
            parts_.audit.note({journal::Action::connection, journal::Outcome::refused, "",
                               address + ", zone " + listener.settings.zone, "connection",
                               "too many connections"});
            continue;
        }
        socket.set_option(tcp::no_delay(true), gone);
        const Identity identity{host_name_, local.address().to_string(), listener.settings.port};
        auto connection =
            std::make_shared<HttpConnection>(parts_, listener, identity, std::move(*place));
        spawn(parts_.executor, connection->serve(std::move(socket)), "serving a connection");
    }
}

}  // namespace shoji::gateway
