// How much may be on its way to the viewer: frames and bytes sent and not acknowledged
// (docs/wire.md, last section). Pure: the clock is an argument.
//
// Sized by the connection's shortest round trip and its highest rate of delivery of late, much as
// BBR does for TCP (Cardwell et al., 2016): the longer trips that a queue causes must not make room
// for a longer queue. A slow line then skips frames and never lags behind.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace shoji::session {

using Time = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

// The highest of the values of the last five to ten seconds.
class RecentHighest {
  public:
    void add(double value, Time now);
    [[nodiscard]] std::optional<double> value() const;

  private:
    Time since_;                    // the present period's begin
    std::optional<double> before_;  // of the period before
    std::optional<double> present_;
};

class SendWindow {
  public:
    // A frame was sent, all its parts together.
    void sent(std::uint32_t serial, std::size_t bytes, Time now);
    // It arrived, and so did those before it.
    void acknowledged(std::uint32_t serial, Time now);

    // One more frame may be encoded. Always so when nothing is on its way.
    [[nodiscard]] bool has_room() const;

    [[nodiscard]] std::size_t frames_in_flight() const { return flights_.size(); }
    [[nodiscard]] std::size_t bytes_in_flight() const { return bytes_in_flight_; }
    [[nodiscard]] std::size_t frame_limit() const;  // 3 to 32
    [[nodiscard]] std::size_t byte_limit() const;   // 64 KiB to 32 MiB
    // The shortest; nothing before the first acknowledgement.
    [[nodiscard]] std::optional<Duration> round_trip() const { return round_trip_; }

  private:
    struct Flight {
        std::uint32_t serial = 0;
        std::size_t bytes = 0;
        Time at;
        std::uint64_t delivered_before = 0;
    };

    std::deque<Flight> flights_;
    std::size_t bytes_in_flight_ = 0;
    std::uint64_t delivered_ = 0;  // bytes acknowledged since the beginning
    std::optional<Duration> round_trip_;
    RecentHighest bytes_a_second_;
};

}  // namespace shoji::session
