// Which time it is, from what events say, when some of them lie: a clock at 1970, or years ahead,
// must neither stop what counts by days nor rush it.
#pragma once

#include "watch/event/event.h"

#include <algorithm>
#include <cstdint>

namespace shoji::exfiltration {

class Clock {
  public:
    // The time that an event is taken to have: its own when it is near what others said, else the
    // time that it was. What others said follows each event by a day at most, in both
    // directions, so that a few that lie do not carry it off; sixteen events in a row that agree
    // on a time further away move it there.
    event::Time believe(event::Time time) {
        constexpr event::Time day = 86'400'000'000'000;
        // A long weekend may pass without any event; a machine may tell late what it saw.
        constexpr event::Time ahead = 5 * day;
        constexpr event::Time behind = 7 * day;
        if (now_ == 0 && time > 0 && time <= last) now_ = time;
        if (time > now_ && time <= present_) now_ = time;
        if (time > 0 && time <= last && time > now_ - behind && time < now_ + ahead) {
            agreeing_ = 0;
            now_ += std::clamp(time - now_, -day, day);
            return time;
        }
        ++untimely_;
        if (time <= 0 || time > last) return now_;
        const bool agrees = time > other_ - day && time < other_ + day;
        agreeing_ = agrees && agreeing_ < jury ? agreeing_ + 1 : 1;
        other_ = time;
        if (agreeing_ == jury) {
            now_ = time;
            agreeing_ = 0;
        }
        return now_;
    }
    // The real time, up to which time may pass as fast as it will; 0: not known. It is no part of
    // the saved state.
    void set_present(event::Time present) { present_ = std::min(present, last); }
    [[nodiscard]] std::uint64_t untimely() const { return untimely_; }

    template <class Archive>
    void transfer(Archive& archive) {
        archive(now_, other_, agreeing_, untimely_);
    }
    [[nodiscard]] bool sound() const {
        return now_ >= 0 && now_ <= last && other_ >= 0 && other_ <= last && agreeing_ <= jury;
    }

  private:
    static constexpr std::uint32_t jury = 16;
    // Leaves room to add days.
    static constexpr event::Time last = 9'200'000'000'000'000'000;

    event::Time now_ = 0;
    event::Time other_ = 0;
    std::uint32_t agreeing_ = 0;
    std::uint64_t untimely_ = 0;
    event::Time present_ = 0;
};

}  // namespace shoji::exfiltration
