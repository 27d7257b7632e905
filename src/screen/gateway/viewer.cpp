#include "screen/gateway/viewer.h"

#include "screen/wire/framing.h"

#include <array>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace shoji::gateway {
namespace {

// Of the session's messages in the outbox; one more message may be added while there are fewer.
constexpr std::size_t high_water = 64 * 1024;
// Messages in the outbox beyond which reports of refusals are dropped.
constexpr std::size_t maximum_queued = 64;

}  // namespace

Viewer::Viewer(const asio::any_io_executor& executor, std::shared_ptr<ViewerSocket> socket,
               Terminal terminal)
    : executor_(executor),
      socket_(std::move(socket)),
      terminal_(std::move(terminal)),
      display_(executor),
      written_(executor),
      pushed_(executor) {}

void Viewer::start() {
    spawn(executor_, write_all(), "writing to a viewer");
}

void Viewer::send(const wire::FromGateway& message) {
    if (broken_ || finish_) return;
    if (outbox_.size() >= maximum_queued && std::holds_alternative<wire::Refused>(message)) return;
    outbox_.push_back({wire::encode(message), false});
    pushed_.notify();
}

void Viewer::finish(CloseCode code) {
    if (!finish_) finish_ = code;
    std::erase_if(outbox_, [](const Outgoing& outgoing) { return outgoing.of_session; });
    stop(RelayEnd::viewer_gone);
}

void Viewer::abort() {
    broken_ = true;
    stop(RelayEnd::viewer_gone);
    socket_->abort();
}

void Viewer::stop(RelayEnd end) {
    if (!std::exchange(stopped_, true)) end_ = end;
    boost::system::error_code ignored;
    display_.close(ignored);
    pushed_.notify();
    written_.notify();
}

void Viewer::complain(RelayEnd end, const base::Error& error) {
    if (!stopped_) complaint_ = error.message;
    stop(end);
}

Task<> Viewer::write_all() {
    const auto self = shared_from_this();
    while (!broken_ && !(outbox_.empty() && finish_)) {
        if (outbox_.empty()) {
            co_await pushed_.wait();
            continue;
        }
        const Outgoing outgoing = std::move(outbox_.front());
        outbox_.pop_front();
        const auto written = co_await socket_->write(outgoing.bytes);
        if (outgoing.of_session) session_bytes_ -= outgoing.bytes.size();
        written_.notify();
        if (!written) abort();
    }
    if (!broken_) co_await socket_->close(*finish_);
    socket_->abort();
}

Task<bool> Viewer::pass_to_session(std::span<const std::uint8_t> message) {
    const auto length = wire::frame_length(message.size());
    const std::array<asio::const_buffer, 2> parts{asio::buffer(length),
                                                  asio::buffer(message.data(), message.size())};
    boost::system::error_code error;
    co_await asio::async_write(display_, parts, asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
}

Task<> Viewer::read_viewer() {
    const auto self = shared_from_this();
    while (!stopped_) {
        const auto message = co_await socket_->read();
        if (stopped_) break;
        if (!message) {
            if (message.error().kind != base::ErrorKind::invalid)
                co_return stop(RelayEnd::viewer_gone);
            co_return complain(RelayEnd::viewer_malformed, message.error());
        }
        const auto checked = conversation_.from_viewer(*message);
        if (!checked) co_return complain(RelayEnd::viewer_malformed, checked.error());
        if (std::holds_alternative<wire::End>(*checked)) co_return stop(RelayEnd::ended_by_viewer);
        if (input_) input_(*checked);
        if (acknowledged_ && conversation_.acknowledged() > 0) {
            std::exchange(acknowledged_, nullptr)();
        }
        if (!co_await pass_to_session(*message)) co_return stop(RelayEnd::session_gone);
    }
    // The library answers a viewer's goodbye only while somebody reads.
    for (bool open = true; open;) {
        const auto ignored = co_await socket_->read();
        open = ignored.has_value();
    }
}

Task<std::optional<Viewer::Message>> Viewer::message_of_session() {
    std::array<std::uint8_t, wire::length_bytes> prefix{};
    boost::system::error_code error;
    co_await asio::async_read(display_, asio::buffer(prefix),
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) {
        stop(RelayEnd::session_gone);
        co_return std::nullopt;
    }
    std::size_t length = 0;
    for (std::size_t i = 0; i < prefix.size(); ++i) length |= std::size_t{prefix.at(i)} << (8 * i);
    if (length == 0 || length > wire::maximum_from_session) {
        complain(RelayEnd::session_malformed,
                 {base::ErrorKind::invalid, fmt::format("a message of {} bytes", length)});
        co_return std::nullopt;
    }
    Message message(length);
    co_await asio::async_read(display_, asio::buffer(message),
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) {
        stop(RelayEnd::session_gone);
        co_return std::nullopt;
    }
    co_return message;
}

Task<> Viewer::read_session() {
    const auto self = shared_from_this();
    while (!stopped_) {
        auto message = co_await message_of_session();
        if (!message) co_return;
        if (auto checked = conversation_.check_from_session(*message); !checked) {
            co_return complain(RelayEnd::session_malformed, checked.error());
        }
        while (session_bytes_ >= high_water && !stopped_) co_await written_.wait();
        if (stopped_) co_return;
        session_bytes_ += message->size();
        outbox_.push_back({std::move(*message), true});
        pushed_.notify();
    }
}

Task<RelayEnd> Viewer::relay(base::FileDescriptor display) {
    const auto self = shared_from_this();
    if (stopped_) co_return RelayEnd::viewer_gone;
    display_.assign(display.release());
    boost::system::error_code ignored;  // the descriptor is open: it cannot fail
    display_.native_non_blocking(true, ignored);
    spawn(executor_, read_viewer(), "reading from a viewer");
    co_await read_session();
    co_return end_;
}

}  // namespace shoji::gateway
