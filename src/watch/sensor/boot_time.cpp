#include "watch/sensor/boot_time.h"

#include <algorithm>
#include <ctime>

namespace shoji::sensor {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t tolerance = 1'000'000;

std::int64_t now(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::int64_t{time.tv_sec} * second + time.tv_nsec;
}

std::int64_t length(const ClockReading& reading) {
    return reading.boot_after - reading.boot_before;
}

}  // namespace

ClockReading read_clocks() {
    ClockReading reading;
    reading.boot_before = now(CLOCK_BOOTTIME);
    reading.day = now(CLOCK_REALTIME);
    reading.boot_after = now(CLOCK_BOOTTIME);
    return reading;
}

std::int64_t boot_time_by(std::span<const ClockReading> readings, std::int64_t known) {
    const auto best = std::ranges::min_element(readings, {}, length);
    if (best == readings.end()) return known;
    const auto found = best->day - best->boot_before - length(*best) / 2;
    const bool is_right = found - known <= tolerance && known - found <= tolerance;
    return is_right ? known : found;
}

}  // namespace shoji::sensor
