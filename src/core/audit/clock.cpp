#include "core/audit/clock.h"

#include "core/journal/hex.h"

#include <algorithm>
#include <ctime>
#include <fstream>

#include <fmt/format.h>

namespace shoji::audit {
namespace {

using namespace std::chrono_literals;
using journal::Event;
using journal::Notice;
using std::chrono::microseconds;

// Corrections of a healthy time service are slewed and stay below it.
constexpr microseconds tolerance = 1s;
constexpr Time latest = std::chrono::sys_days(9999y / 12 / 31);

microseconds read_clock(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return std::chrono::seconds{now.tv_sec} + microseconds{now.tv_nsec / 1000};
}

Notice set_by(microseconds change) {
    const bool back = change < 0us;
    const auto size = back ? -change : change;
    return {back ? Event::clock_set_back : Event::clock_set_forward,
            fmt::format("{}.{:06} s", size / 1s, (size % 1s).count())};
}

}  // namespace

base::Result<Clock> machine_clock() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string text;
    std::getline(file, text);
    std::erase(text, '-');
    const auto boot = journal::from_hex<16>(text);
    if (!boot) {
        return base::fail(base::ErrorKind::system, "/proc/sys/kernel/random/boot_id: no boot id");
    }
    return Clock{*boot, [] {
                     const Time time(read_clock(CLOCK_REALTIME));
                     return Moment{std::clamp(time, Time{}, latest), read_clock(CLOCK_BOOTTIME)};
                 }};
}

ClockWatch::ClockWatch(const BootId& boot, const std::optional<journal::Stamp>& last) {
    if (!last) return;
    if (last->boot == boot) {
        difference_ = last->time.time_since_epoch() - last->uptime;
    } else {
        not_before_ = last->time;
    }
}

std::optional<Notice> ClockWatch::observe(const Moment& moment) {
    const microseconds difference = moment.time.time_since_epoch() - moment.uptime;
    std::optional<Notice> notice;
    if (not_before_ && moment.time < *not_before_) notice = set_by(moment.time - *not_before_);
    if (difference_) {
        const microseconds change = difference - *difference_;
        if (change > tolerance || change < -tolerance) notice = set_by(change);
    }
    not_before_.reset();
    if (notice || !difference_) difference_ = difference;
    return notice;
}

}  // namespace shoji::audit
