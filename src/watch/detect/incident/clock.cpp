#include "watch/detect/incident/clock.h"

#include <algorithm>

namespace shoji::incident {
namespace {

// 2000-01-01: no log is older; a clock that lost its battery is.
constexpr event::Time earliest = 946'684'800 * second;

bool agree(event::Time one, event::Time other) {
    return one > other ? one - other <= day : other - one <= day;
}

}  // namespace

event::Time Clock::believe(event::Time time, std::string_view host) {
    if (time < earliest) {
        // 0 says that the source did not say: no reason to doubt anything.
        untimely_ += time == 0 ? 0 : 1;
        return now_;
    }
    if (now_ == 0) {
        now_ = time;
        host_ = host;
        return now_;
    }
    const bool has_passed = time > now_ && time <= present_;
    if (!has_passed && !agree(time, now_)) return doubt(time, host);
    if (host != host_) several_hosts_ = true;
    if (other_count_ > 0 && host != other_host_) other_count_ = 0;
    now_ = std::max(now_, time);
    return now_;
}

event::Time Clock::doubt(event::Time time, std::string_view host) {
    ++untimely_;
    if (other_count_ == 0 || !agree(time, other_)) {
        other_count_ = 0;
        other_host_ = host;
        other_hosts_ = false;
    }
    other_ = time;
    ++other_count_;
    if (host != other_host_) other_hosts_ = true;
    const bool only_host = !several_hosts_ && host == host_;
    if (other_count_ < agreeing || !(other_hosts_ || only_host)) return now_;
    now_ = time;
    host_ = host;
    several_hosts_ = other_hosts_;
    other_count_ = 0;
    return now_;
}

}  // namespace shoji::incident
