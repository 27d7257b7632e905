#include "screen/egress/connection.h"

#include "screen/egress/chunked_body.h"
#include "screen/egress/client_hello.h"
#include "screen/egress/own_addresses.h"

#include <algorithm>
#include <ctime>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

namespace shoji::egress {
namespace {

using control::Origin;
using control::RefusalReason;
using control::Scheme;

std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::uint64_t seconds_of(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<std::uint64_t>(now.tv_sec);
}

Tcp::endpoint endpoint_of(const Address& address, std::uint16_t port) {
    if (address.is_version4()) return {asio::ip::address_v4(address.version4()), port};
    return {asio::ip::address_v6(address.version6()), port};
}

class Connection {
  public:
    Connection(std::shared_ptr<Pair> pair, Context& context)
        : pair_(std::move(pair)), context_(context) {}

    Awaitable<void> run();

  private:
    Awaitable<bool> receive_head();
    Awaitable<Verdict<std::vector<Address>>> find_addresses(const Origin& origin);
    Awaitable<bool> dial(const Origin& origin, const std::vector<Address>& addresses);
    Awaitable<void> serve_plain(const RequestHead& head);
    Awaitable<bool> send_body(const RequestHead& head);
    Awaitable<void> serve_tunnel(const RequestHead& head, const Origin& origin);
    Awaitable<bool> check_hello(const Origin& origin);
    Awaitable<void> serve_websocket(const RequestHead& head);
    Awaitable<void> refuse(RefusalReason reason, const RequestHead& head);
    void report(RefusalReason reason, const RequestHead& head);
    void relay_answer();

    std::shared_ptr<Pair> pair_;
    Context& context_;
    std::string received_;  // from the client, not yet passed on
};

// Reads until a head is whole. False: there is none, and what there is stands in received_.
Awaitable<bool> Connection::receive_head() {
    while (head_size(received_) == 0) {
        if (received_.size() >= maximum_head) co_return false;
        const bool more = co_await pair_->receive(received_, maximum_head);
        if (!more) co_return false;
    }
    co_return true;
}

Awaitable<void> Connection::run() {
    pair_->limit(context_.limits.head);
    const bool whole = co_await receive_head();
    if (pair_->closed() || received_.empty()) co_return;
    const auto size = head_size(received_);
    const auto head = parse_request_head(std::string_view(received_).substr(0, size), Form::proxy);
    if (!whole || !head) {
        const RequestHead nothing;
        co_return co_await refuse(RefusalReason::malformed, nothing);
    }
    received_.erase(0, size);
    if (context_.expired()) co_return co_await refuse(RefusalReason::expired, *head);
    const auto kind = head->tunnel ? RequestKind::tunnel : RequestKind::plain;
    const auto origin = context_.allow_list.decide(kind, head->authority);
    if (!origin) co_return co_await refuse(origin.error(), *head);

    const auto& limits = context_.limits;
    pair_->limit(limits.name + limits.addresses * limits.connect + limits.head);
    const auto addresses = co_await find_addresses(*origin);
    if (pair_->closed()) co_return;
    if (!addresses) co_return co_await refuse(addresses.error(), *head);
    const bool connected = co_await dial(*origin, *addresses);
    if (pair_->closed()) co_return;
    if (!connected) co_return co_await refuse(RefusalReason::unreachable, *head);
    context_.reporter.connected();
    if (head->tunnel) {
        co_await serve_tunnel(*head, *origin);
    } else {
        co_await serve_plain(*head);
    }
}

Awaitable<Verdict<std::vector<Address>>> Connection::find_addresses(const Origin& origin) {
    std::vector<Address> found;
    if (const auto literal = Address::from_text(origin.host)) {
        found.push_back(*literal);
    } else {
        found = co_await context_.resolver.resolve(origin.host);
    }
    if (found.empty()) co_return tl::unexpected(RefusalReason::name_not_found);
    co_return context_.allow_list.permit(origin, found, own_addresses(found));
}

Awaitable<bool> Connection::dial(const Origin& origin, const std::vector<Address>& addresses) {
    std::size_t tried = 0;
    for (const auto& address : addresses) {
        if (pair_->closed() || tried++ == context_.limits.addresses) break;
        const bool connected = co_await pair_->connect(endpoint_of(address, origin.port));
        if (connected) co_return true;
    }
    context_.resolver.forget(origin.host);
    co_return false;
}

// The answer passes while the request may still be on its way.
void Connection::relay_answer() {
    asio::co_spawn(
        pair_->executor(),
        [](std::shared_ptr<Pair> pair) -> Awaitable<void> {
            co_await pair->relay_to_client();
        }(pair_),
        asio::detached);
}

Awaitable<void> Connection::serve_plain(const RequestHead& head) {
    const auto text = write_request_head(head);
    const bool sent = co_await pair_->send_to_origin(text);
    if (!sent) co_return pair_->close();
    pair_->limit(context_.limits.idle);
    relay_answer();
    const bool whole = co_await send_body(head);
    if (whole) co_await pair_->await_client_end();
}

// False: the body is malformed, or an end has gone.
Awaitable<bool> Connection::send_body(const RequestHead& head) {
    ChunkedBody chunked;
    std::uint64_t left = head.body == Body::length ? head.length : 0;
    const auto ended = [&] { return head.body == Body::chunked ? chunked.ended() : left == 0; };
    while (!ended()) {
        if (received_.empty()) {
            const bool more = co_await pair_->receive(received_, buffer_size);
            if (!more) co_return false;
        }
        auto passing = static_cast<std::size_t>(std::min<std::uint64_t>(left, received_.size()));
        if (head.body == Body::chunked) {
            const auto consumed = chunked.consume(bytes_of(received_));
            if (!consumed) {
                // Its beginning is at the origin: only the end of the connection takes it back.
                report(RefusalReason::malformed, head);
                pair_->close();
                co_return false;
            }
            passing = *consumed;
        } else {
            left -= passing;
        }
        // An origin may answer without reading on; its answer still passes.
        const bool sent =
            co_await pair_->send_to_origin(std::string_view(received_).substr(0, passing));
        if (!sent) co_return false;
        received_.erase(0, passing);
    }
    co_return true;
}

Awaitable<void> Connection::serve_tunnel(const RequestHead& head, const Origin& origin) {
    const bool told = co_await pair_->send("HTTP/1.1 200 Connection established\r\n\r\n");
    if (!told) co_return;
    pair_->limit(context_.limits.hello);
    if (origin.scheme == Scheme::http) co_return co_await serve_websocket(head);
    const bool named = co_await check_hello(origin);
    if (!named) {
        // An opened and unused connection, or the end of the approval, is no refusal.
        if (!received_.empty() && !context_.expired()) {
            report(RefusalReason::server_name_differs, head);
        }
        co_return pair_->close();
    }
    pair_->limit(context_.limits.idle);
    const bool sent = co_await pair_->send_to_origin(received_);
    if (!sent) co_return pair_->close();
    received_ = {};
    const auto failed = [&context = context_, host = origin.host, port = origin.port] {
        context.reporter.refused(RefusalReason::tls_failed, Scheme::https, host, port);
    };
    pair_->watch_handshake(failed);
    relay_answer();
    co_await pair_->relay_to_origin();
}

// Until the ClientHello at the front of received_ names the origin.
Awaitable<bool> Connection::check_hello(const Origin& origin) {
    while (true) {
        const auto hello = read_client_hello(bytes_of(received_));
        if (hello.state == HelloState::complete) {
            // A name cannot be asked for at an IP address (RFC 6066, 3).
            if (control::is_address_literal(origin.host)) co_return !hello.server_name;
            co_return hello.server_name == origin.host;
        }
        if (hello.state == HelloState::invalid) co_return false;
        const bool more = co_await pair_->receive(received_, buffer_size);
        if (!more) co_return false;
    }
}

// A tunnel to an http origin carries one WebSocket: without the check of its first request and of
// the answer, it could carry requests to any other host that this server knows.
Awaitable<void> Connection::serve_websocket(const RequestHead& head) {
    const bool whole = co_await receive_head();
    if (pair_->closed() || received_.empty()) co_return;
    const auto request = parse_request_head(received_, Form::origin);
    if (!whole || !request || !request->websocket || request->method != "GET" ||
        request->body != Body::none || request->authority != head.authority) {
        report(RefusalReason::malformed, head);
        co_return pair_->close();
    }
    pair_->limit(context_.limits.idle);
    const bool sent = co_await pair_->send_to_origin(received_);
    if (!sent) co_return pair_->close();
    constexpr std::string_view switching = "HTTP/1.1 101 ";
    std::string answer;
    while (answer.size() < switching.size()) {
        const bool more = co_await pair_->receive_from_origin(answer, switching.size());
        if (!more) break;
    }
    const bool passed = co_await pair_->send(answer);
    if (!passed) co_return pair_->close();
    relay_answer();
    if (answer == switching) {
        co_await pair_->relay_to_origin();
    } else {
        co_await pair_->await_client_end();
    }
}

void Connection::report(RefusalReason reason, const RequestHead& head) {
    // What a tunnel was for is not said: its port tells.
    const auto port = head.authority.port.value_or(0);
    const bool secure = head.tunnel && port != 80;
    context_.reporter.refused(reason, secure ? Scheme::https : Scheme::http, head.authority.host,
                              port);
}

Awaitable<void> Connection::refuse(RefusalReason reason, const RequestHead& head) {
    report(reason, head);
    pair_->limit(context_.limits.head);
    const bool told = co_await pair_->send(refusal_answer(reason));
    if (told) co_await pair_->finish();
    pair_->close();
}

}  // namespace

std::uint64_t wall_seconds() {
    return seconds_of(CLOCK_REALTIME);
}

std::uint64_t running_seconds() {
    return seconds_of(CLOCK_BOOTTIME);
}

bool Context::expired() const {
    return expiry.has_passed(wall_seconds(), running_seconds());
}

std::string_view refusal_answer(RefusalReason reason) {
    switch (reason) {
        case RefusalReason::malformed:
            return "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        case RefusalReason::name_not_found:
        case RefusalReason::unreachable:
            return "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        case RefusalReason::too_many:
            return "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
                   "Connection: close\r\n\r\n";
        default:
            return "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    }
}

Awaitable<void> serve(std::shared_ptr<Pair> pair, Context& context) {
    Connection connection(std::move(pair), context);
    co_await connection.run();
}

}  // namespace shoji::egress
