#include "screen/egress/pair.h"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace shoji::egress {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds linger{2};  // for the client to read a last answer

bool would_block(const ErrorCode& error) {
    return error == asio::error::would_block || error == asio::error::try_again;
}

void prepare(Tcp::socket& socket) {
    ErrorCode ignored;  // an ended connection shows at the next read
    socket.non_blocking(true, ignored);
    socket.set_option(Tcp::no_delay(true), ignored);
}

}  // namespace

Pair::Pair(Tcp::socket client, const Limits& limits, Reporter& reporter,
           std::vector<std::uint8_t>& scratch)
    : client_(std::move(client)),
      origin_(client_.get_executor()),
      limits_(limits),
      reporter_(reporter),
      scratch_(scratch),
      watchdog_(client_.get_executor()),
      idle_(limits.idle) {
    prepare(client_);
}

void Pair::close() {
    closed_ = true;
    ErrorCode ignored;  // the descriptors are gone in any case
    client_.close(ignored);
    origin_.close(ignored);
    watchdog_.cancel();
}

void Pair::limit(std::chrono::milliseconds time) {
    if (!closed_) watch(Clock::now() + time);
}

void Pair::watch(Clock::time_point deadline) {
    deadline_ = deadline;
    watchdog_.expires_at(deadline);
    watchdog_.async_wait([self = weak_from_this()](const ErrorCode& error) {
        const auto pair = self.lock();
        if (error || !pair || pair->closed_) return;
        if (Clock::now() < pair->deadline_) return pair->watch(pair->deadline_);
        pair->close();
    });
}

// Only moves the deadline: the watchdog looks at it when it fires, so that a byte costs no timer.
void Pair::touch() {
    deadline_ = Clock::now() + idle_;
}

void Pair::count(bool outwards, std::size_t bytes) {
    if (outwards) {
        reporter_.passed_out(bytes);
    } else {
        reporter_.passed_in(bytes);
    }
}

Awaitable<bool> Pair::connect(Tcp::endpoint endpoint) {
    ErrorCode error;
    origin_.close(error);
    origin_ = Tcp::socket(client_.get_executor());
    origin_.open(endpoint.protocol(), error);
    if (error) co_return false;
    prepare(origin_);
    asio::steady_timer timer(client_.get_executor(), limits_.connect);
    // The handler may be under way already when the connection comes to be.
    const auto waiting = std::make_shared<bool>(true);
    timer.async_wait([waiting, self = shared_from_this()](const ErrorCode& stopped) {
        if (stopped || !*waiting) return;
        ErrorCode ignored;
        self->origin_.close(ignored);
    });
    const auto [failed] = co_await origin_.async_connect(endpoint, as_result);
    *waiting = false;
    co_return !failed && !closed_ && origin_.is_open();
}

Awaitable<bool> Pair::receive_from(Tcp::socket& from, std::string& into, std::size_t most) {
    while (!closed_) {
        const auto [failed] = co_await from.async_wait(Tcp::socket::wait_read, as_result);
        if (failed || closed_) break;
        const auto room = std::min(scratch_.size(), most - into.size());
        ErrorCode error;
        const auto count = from.read_some(asio::buffer(scratch_.data(), room), error);
        if (would_block(error)) continue;
        if (error || count == 0) break;
        into.append(reinterpret_cast<const char*>(scratch_.data()), count);
        co_return true;
    }
    co_return false;
}

Awaitable<bool> Pair::receive(std::string& into, std::size_t most) {
    return receive_from(client_, into, most);
}

Awaitable<bool> Pair::receive_from_origin(std::string& into, std::size_t most) {
    const auto before = into.size();
    const bool more = co_await receive_from(origin_, into, most);
    count(false, into.size() - before);
    co_return more;
}

// `bytes` may lie in the scratch: what the socket does not take at once is set aside before others
// run.
Awaitable<bool> Pair::send_all(Tcp::socket& to, std::span<const std::uint8_t> bytes) {
    ErrorCode error;
    std::size_t sent = to.write_some(asio::buffer(bytes.data(), bytes.size()), error);
    if (error && !would_block(error)) co_return false;
    if (sent == bytes.size()) co_return true;
    const std::vector<std::uint8_t> rest(bytes.begin() + static_cast<std::ptrdiff_t>(sent),
                                         bytes.end());
    for (std::size_t done = 0; done < rest.size();) {
        const auto [failed] = co_await to.async_wait(Tcp::socket::wait_write, as_result);
        if (failed || closed_) co_return false;
        sent = to.write_some(asio::buffer(rest.data() + done, rest.size() - done), error);
        if (error && !would_block(error)) co_return false;
        if (sent > 0) touch();
        done += sent;
    }
    co_return true;
}

Awaitable<bool> Pair::send(std::string_view text) {
    return send_all(client_, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

Awaitable<bool> Pair::send_to_origin(std::string_view text) {
    count(true, text.size());
    return send_all(origin_, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void Pair::watch_handshake(std::function<void()> failed) {
    handshake_.emplace();
    handshake_failed_ = std::move(failed);
}

void Pair::judge(HandshakeState state) {
    if (state == HandshakeState::open) return;
    handshake_.reset();
    if (state == HandshakeState::failed) handshake_failed_();
}

void Pair::look(bool outwards, std::span<const std::uint8_t> bytes) {
    if (handshake_) {
        judge(outwards ? handshake_->from_client(bytes) : handshake_->from_origin(bytes));
    }
}

Awaitable<void> Pair::relay(Tcp::socket& from, Tcp::socket& to, bool outwards) {
    while (!closed_) {
        const auto [failed] = co_await from.async_wait(Tcp::socket::wait_read, as_result);
        if (failed || closed_) break;
        ErrorCode error;
        const auto received = from.read_some(asio::buffer(scratch_), error);
        if (would_block(error)) continue;
        if (error && !outwards && handshake_) judge(handshake_->origin_ended());
        if (error == asio::error::eof) {
            idle_ = std::min(idle_, limits_.half_closed);
            watch(Clock::now() + idle_);
            to.shutdown(Tcp::socket::shutdown_send, error);
            co_return;
        }
        if (error) break;
        touch();
        count(outwards, received);
        look(outwards, std::span(scratch_).first(received));
        const bool sent = co_await send_all(to, std::span(scratch_).first(received));
        if (!sent) break;
    }
    close();
}

Awaitable<void> Pair::relay_to_client() {
    return relay(origin_, client_, false);
}

Awaitable<void> Pair::relay_to_origin() {
    return relay(client_, origin_, true);
}

Awaitable<void> Pair::await_client_end() {
    const auto [failed] = co_await client_.async_wait(Tcp::socket::wait_read, as_result);
    if (failed || closed_) co_return;
    char byte = 0;
    ErrorCode error;
    const auto there = client_.receive(asio::buffer(&byte, 1), Tcp::socket::message_peek, error);
    if (there == 0 && !would_block(error)) close();
}

Awaitable<void> Pair::finish() {
    ErrorCode ignored;
    client_.shutdown(Tcp::socket::shutdown_send, ignored);
    limit(linger);
    // Unread bytes at a close would reset the connection and with it the answer under way.
    std::string discarded;
    for (bool more = true; more; discarded.clear()) {
        more = co_await receive(discarded, buffer_size);
    }
    close();
}

}  // namespace shoji::egress
