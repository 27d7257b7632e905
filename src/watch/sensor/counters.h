// What the kernel's programs count: records that were lost, and those that were held back in a
// flood. They are read where they stand, so that nothing of it can be lost itself.
#pragma once

#include "watch/sensor/record.h"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string_view>

namespace shoji::sensor {

struct Loss {
    unsigned processor = 0;
    sensor_loss cause = SENSOR_LOSS_RING_FULL;
    std::uint64_t count = 0;  // since the last time
};
std::string_view name_of(sensor_loss cause);

class LossWatch {
  public:
    // `counts`: SENSOR_LOSSES for each processor, changed by others at any time; `told`: as many,
    // what was told of them so far.
    LossWatch(std::span<const std::uint64_t> counts, std::span<std::uint64_t> told)
        : counts_(counts), told_(told) {}
    void look(const std::function<void(const Loss&)>& tell);

  private:
    std::span<const std::uint64_t> counts_;
    std::span<std::uint64_t> told_;
};

struct Flood {
    enum class Phase : std::uint8_t { begins, goes_on, ends };
    Phase phase = Phase::begins;
    std::uint64_t cgroup = 0;
    std::uint64_t held = 0;  // records held back in this flood so far
};

class FloodWatch {
  public:
    // `slots`: changed by others at any time.
    explicit FloodWatch(std::span<const sensor_throttle> slots) : slots_(slots) {}
    // `now`: nanoseconds since the boot. A flood ends when nothing was held back for two seconds.
    // One that goes on is told of every minute.
    void look(std::uint64_t now, const std::function<void(const Flood&)>& tell);

  private:
    struct Known {
        std::uint64_t cgroup = 0;
        std::uint64_t held = 0;      // the last count seen
        std::uint64_t at_begin = 0;  // the count when the flood began
        std::uint64_t changed = 0;   // when the count last grew
        std::uint64_t told = 0;
        bool flooding = false;
    };

    std::span<const sensor_throttle> slots_;
    std::map<std::size_t, Known> known_;  // slots that ever held anything back
};

}  // namespace shoji::sensor
