// What time it is, by what many hosts say. A terminal whose clock stands in 1970 or in 2200, or who
// lies, moves nobody's windows: an activity more than a day away from now counts as now, and is
// counted. Only when 16 such in a row agree with each other within a day, from two hosts or from
// the only host there is, is theirs the time. Who knows what time it really is can say so: until
// then, time may pass as fast as it will, as in logs that say nothing over a weekend.
#pragma once

#include "watch/event/event.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace shoji::incident {

constexpr event::Time second = 1'000'000'000;
constexpr event::Time minute = 60 * second;
constexpr event::Time hour = 60 * minute;
constexpr event::Time day = 24 * hour;

class Clock {
  public:
    static constexpr std::uint32_t agreeing = 16;

    // The time to count an activity of that host at: never before what was returned last, unless
    // the clock was set back by common consent. `host` is a host_key().
    event::Time believe(event::Time time, std::string_view host);
    // The real time, which is no part of the saved state; 0: not known.
    void set_present(event::Time present) { present_ = present; }

    [[nodiscard]] event::Time now() const { return now_; }
    [[nodiscard]] std::uint64_t untimely() const { return untimely_; }

    template <class Archive>
    void transfer(Archive& archive) {
        archive(now_, host_, several_hosts_, other_, other_host_, other_count_, other_hosts_,
                untimely_);
    }
    [[nodiscard]] bool sound() const { return now_ >= 0 && other_ >= 0; }

  private:
    event::Time doubt(event::Time time, std::string_view host);

    event::Time now_ = 0;  // 0: nobody has said
    std::string host_;     // the first that was believed
    bool several_hosts_ = false;
    // Those who say otherwise.
    event::Time other_ = 0;
    std::string other_host_;
    std::uint32_t other_count_ = 0;
    bool other_hosts_ = false;
    std::uint64_t untimely_ = 0;
    event::Time present_ = 0;
};

}  // namespace shoji::incident
