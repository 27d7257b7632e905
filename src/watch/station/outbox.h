// The analyst's end of the way to the process that delivers. Alerts stay here until that says that
// they are on disk: it may die, or be away for a while, and loses none. Never waits.
#pragma once

#include "core/base/file_descriptor.h"
#include "watch/letters/letters.h"

#include <cstdint>
#include <deque>
#include <span>

namespace shoji::station {

class Outbox {
  public:
    static constexpr std::size_t most_alert_bytes = std::size_t{4} << 20U;
    static constexpr std::size_t most_event_bytes = std::size_t{1} << 20U;

    // A new end of the link: what is not known to be on disk is said again.
    void connect(base::FileDescriptor link);

    // False: there is no room, and it is counted. Records have 1 to spool::maximum_record bytes;
    // `events`: how many are in one.
    bool put(spool::Class kind, std::span<const std::uint8_t> record, std::uint64_t events = 1);
    // Sends what waits, as far as the link takes it, and hears what is on disk.
    void turn();

    [[nodiscard]] bool empty() const { return alerts_.empty() && events_.empty(); }
    [[nodiscard]] std::uint64_t alerts_refused() const { return alerts_refused_; }
    [[nodiscard]] std::uint64_t events_left_out() const { return events_left_out_; }
    // The last that was said; zeros before.
    [[nodiscard]] const letters::Receipt& receipt() const { return receipt_; }
    [[nodiscard]] bool connected() const { return link_.valid(); }

  private:
    struct Waiting {
        std::uint64_t number = 0;
        letters::Bytes packet;
    };
    enum class Sent { yes, later, gone };

    Sent send(const letters::Bytes& packet);
    void hear();
    void settle();

    base::FileDescriptor link_;
    std::deque<Waiting> alerts_;  // not known to be on disk
    std::size_t sent_ = 0;        // of them, from the front
    std::size_t alert_bytes_ = 0;
    std::deque<letters::Bytes> events_;
    std::size_t event_bytes_ = 0;
    std::uint64_t next_ = 1;
    std::uint64_t alerts_refused_ = 0;
    std::uint64_t events_left_out_ = 0;
    letters::Receipt receipt_;
};

}  // namespace shoji::station
