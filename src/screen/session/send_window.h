// How much may be on its way to the viewer: frames and bytes sent and not acknowledged
// (docs/wire.md, last section). Pure: the clock is an argument.
//
// Sized by the shortest round trip and the highest rate of delivery of the last seconds, as BBR
// does for TCP (Cardwell et al., 2016): the longer trips that a queue causes must not make room for
// a longer queue. A slow line then skips frames and never lags behind.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace shoji::session {

using Time = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

// The best of the values of the last five to ten seconds.
template <class Value>
class Recent {
  public:
    void add(Value value, Time now, bool higher_is_better) {
        if (!present_ || now - since_ >= std::chrono::seconds(5)) {
            before_ = present_ && now - since_ < std::chrono::seconds(10) ? present_ : std::nullopt;
            present_ = value;
            since_ = now;
        }
        present_ = better(*present_, value, higher_is_better);
        best_ = before_ ? better(*before_, *present_, higher_is_better) : *present_;
    }
    [[nodiscard]] std::optional<Value> best() const { return best_; }

  private:
    static Value better(Value a, Value b, bool higher_is_better) {
        return (a > b) == higher_is_better ? a : b;
    }

    Time since_;
    std::optional<Value> before_;
    std::optional<Value> present_;
    std::optional<Value> best_;
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
    // The shortest of late; nothing before the first acknowledgement.
    [[nodiscard]] std::optional<Duration> round_trip() const { return round_trip_.best(); }

  private:
    struct Flight {
        std::uint32_t serial = 0;
        std::size_t bytes = 0;
        Time at;
        std::uint64_t delivered_before = 0;
    };

    std::deque<Flight> flights_;
    std::size_t bytes_in_flight_ = 0;
    std::uint64_t delivered_ = 0;    // bytes acknowledged since the beginning
    Recent<Duration> round_trip_;    // the lowest
    Recent<double> bytes_a_second_;  // the highest
};

}  // namespace shoji::session
