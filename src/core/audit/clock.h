// The two clocks of a journal line. Pure but for system_clock_source().
#pragma once

#include "core/base/result.h"
#include "core/journal/entry.h"

#include <functional>
#include <optional>

namespace shoji::audit {

using Time = std::chrono::sys_time<std::chrono::microseconds>;
using BootId = std::array<std::uint8_t, 16>;

struct Moment {
    Time time;                            // wall clock; held within the years that a line can say
    std::chrono::microseconds uptime{0};  // CLOCK_BOOTTIME: goes on during suspend, is never set
};

struct Clock {
    BootId boot{};  // of the running kernel
    std::function<Moment()> now;
};

// The machine's clocks and /proc/sys/kernel/random/boot_id.
base::Result<Clock> machine_clock();

// Tells when the wall clock was set: against the boot clock, or, after a restart of the machine,
// when it stands before the journal's last line.
class ClockWatch {
  public:
    // `last`: the stamp of the journal's last line; none for a new journal.
    ClockWatch(const BootId& boot, const std::optional<journal::Stamp>& last);

    // A notice when the clock was set by more than a second since what was noticed last.
    std::optional<journal::Notice> observe(const Moment& moment);

  private:
    std::optional<std::chrono::microseconds> difference_;  // wall clock less boot clock
    std::optional<Time> not_before_;
};

}  // namespace shoji::audit
