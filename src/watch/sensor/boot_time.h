// When the machine began, by the clock of the day: what is added to a record's time.
#pragma once

#include <cstdint>
#include <span>

namespace shoji::sensor {

// The clocks of the boot and of the day, read one after another: nanoseconds.
struct ClockReading {
    std::int64_t boot_before = 0;
    std::int64_t day = 0;  // since 1970
    std::int64_t boot_after = 0;
};

ClockReading read_clocks();

// By the reading that was interrupted least. `known` stays unless it is wrong by more than a
// millisecond: events must not change their order by how well the clocks were read.
std::int64_t boot_time_by(std::span<const ClockReading> readings, std::int64_t known);

}  // namespace shoji::sensor
