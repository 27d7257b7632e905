#include "screen/egress/reporter.h"

#include "core/base/unix_socket.h"

#include <cerrno>

#include <sys/socket.h>

namespace shoji::egress {

using Clock = std::chrono::steady_clock;
using Descriptor = asio::posix::stream_descriptor;

Reporter::Reporter(const asio::any_io_executor& executor, base::FileDescriptor listener,
                   const Limits& limits)
    : listener_(executor, listener.release()),
      limits_(limits),
      refusals_timer_(executor),
      traffic_timer_(executor) {
    listener_.non_blocking(true);
}

void Reporter::start() {
    accept();
}

void Reporter::accept() {
    listener_.async_wait(Descriptor::wait_read, [this](const ErrorCode& error) {
        if (error) return;
        attach();
        accept();
    });
}

// The newest connection counts: a gateway that was started anew takes over from the one before.
void Reporter::attach() {
    auto accepted = base::accept_unix(listener_.native_handle(), true);
    if (!accepted) return;
    detach();
    peer_.emplace(listener_.get_executor(), accepted->release());
    traffic_untold_ = true;
    watch_peer();
    flush();
}

// A gateway says nothing here: whatever arrives, its end or a byte, ends the connection.
void Reporter::watch_peer() {
    peer_->async_wait(Descriptor::wait_read, [this](const ErrorCode& error) {
        if (!error) detach();
    });
}

void Reporter::detach() {
    peer_.reset();
    waiting_for_room_ = false;
}

void Reporter::refused(control::RefusalReason reason, control::Scheme scheme,
                       const std::string& host, std::uint16_t port) {
    book_.note(reason, scheme, host, port);
    traffic_.refusals = book_.refusals();
    traffic_.reports_lost = book_.lost();
    schedule_refusals();
    schedule_traffic();
}

void Reporter::passed_out(std::size_t bytes) {
    traffic_.bytes_out += bytes;
    schedule_traffic();
}

void Reporter::passed_in(std::size_t bytes) {
    traffic_.bytes_in += bytes;
    schedule_traffic();
}

void Reporter::connected() {
    ++traffic_.connections;
    schedule_traffic();
}

// The first refusal is told at once; those soon after it wait and merge.
void Reporter::schedule_refusals() {
    if (!peer_ || refusals_scheduled_) return;
    const auto due = last_refusals_ + limits_.report;
    if (Clock::now() >= due) return send_refusals();
    refusals_scheduled_ = true;
    refusals_timer_.expires_at(due);
    refusals_timer_.async_wait([this](const ErrorCode& error) {
        if (error) return;
        refusals_scheduled_ = false;
        send_refusals();
    });
}

void Reporter::schedule_traffic() {
    traffic_untold_ = true;
    if (!peer_ || traffic_scheduled_) return;
    traffic_scheduled_ = true;
    traffic_timer_.expires_after(limits_.traffic);
    traffic_timer_.async_wait([this](const ErrorCode& error) {
        if (error) return;
        traffic_scheduled_ = false;
        send_traffic();
    });
}

void Reporter::flush() {
    send_refusals();
    send_traffic();
}

void Reporter::send_refusals() {
    for (const auto* refused = book_.front(); refused != nullptr; refused = book_.front()) {
        if (!send(*refused)) return;
        last_refusals_ = Clock::now();
        book_.pop();
    }
}

void Reporter::send_traffic() {
    if (traffic_untold_ && send(traffic_)) traffic_untold_ = false;
}

// False: not now. When the connection is full, flush() runs again once it has room.
bool Reporter::send(const control::FromEgress& message) {
    if (!peer_ || waiting_for_room_) return false;
    const auto packet = control::encode(message);
    const auto sent =
        ::send(peer_->native_handle(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
        detach();
        return false;
    }
    waiting_for_room_ = true;
    peer_->async_wait(Descriptor::wait_write, [this](const ErrorCode& error) {
        if (error) return;
        waiting_for_room_ = false;
        flush();
    });
    return false;
}

}  // namespace shoji::egress
