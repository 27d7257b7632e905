#include "watch/station/outbox.h"

#include <array>
#include <cerrno>

#include <sys/socket.h>

namespace shoji::station {

void Outbox::connect(base::FileDescriptor link) {
    link_ = std::move(link);
    sent_ = 0;
    receipt_.connected = false;
}

bool Outbox::put(spool::Class kind, std::span<const std::uint8_t> record, std::uint64_t events) {
    if (record.empty() || record.size() > spool::maximum_record) {
        (kind == spool::Class::alert ? alerts_refused_ : events_left_out_) += events;
        return false;
    }
    if (kind != spool::Class::alert) {
        if (event_bytes_ + record.size() > most_event_bytes) {
            events_left_out_ += events;
            return false;
        }
        event_bytes_ += record.size();
        events_.push_back(encode(letters::Consignment{kind, 0, record}));
        return true;
    }
    if (alert_bytes_ + record.size() > most_alert_bytes) {
        ++alerts_refused_;
        return false;
    }
    alert_bytes_ += record.size();
    alerts_.push_back({next_, encode(letters::Consignment{kind, next_, record})});
    ++next_;
    return true;
}

Outbox::Sent Outbox::send(const letters::Bytes& packet) {
    ssize_t sent = 0;
    do sent = ::send(link_.get(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent >= 0) return Sent::yes;
    return errno == EAGAIN || errno == EWOULDBLOCK ? Sent::later : Sent::gone;
}

void Outbox::turn() {
    if (link_.valid()) hear();
    auto sent = Sent::yes;
    while (link_.valid() && sent == Sent::yes && sent_ < alerts_.size()) {
        sent = send(alerts_[sent_].packet);
        if (sent == Sent::yes) ++sent_;
    }
    while (link_.valid() && sent == Sent::yes && !events_.empty()) {
        sent = send(events_.front());
        if (sent != Sent::yes) break;
        event_bytes_ -= events_.front().size() - letters::consignment_head;
        events_.pop_front();
    }
    if (sent == Sent::gone) connect({});
}

void Outbox::hear() {
    while (true) {
        std::array<std::uint8_t, letters::most_receipt> bytes{};
        const auto count = ::recv(link_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        const auto receipt = count <= 0 ? base::Result<letters::Receipt>(base::fail(
                                              base::ErrorKind::unavailable, "the link is closed"))
                                        : letters::decode_receipt(letters::View(bytes).first(
                                              static_cast<std::size_t>(count)));
        // Whoever breaks the form is as good as gone; the keeper makes another link.
        if (!receipt) return connect({});
        receipt_ = *receipt;
        settle();
    }
}

// What is on disk is somebody else's.
void Outbox::settle() {
    while (sent_ > 0 && !alerts_.empty() && alerts_.front().number <= receipt_.alerts) {
        alert_bytes_ -= alerts_.front().packet.size() - letters::consignment_head;
        alerts_.pop_front();
        --sent_;
    }
}

}  // namespace shoji::station
