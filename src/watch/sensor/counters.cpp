#include "watch/sensor/counters.h"

namespace shoji::sensor {
namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t quiet = 2 * second;
constexpr std::uint64_t between_tellings = 60 * second;

std::uint64_t load(const __u64& from) {
    return __atomic_load_n(&from, __ATOMIC_RELAXED);
}
std::uint64_t load(const std::uint64_t& from) {
    return __atomic_load_n(&from, __ATOMIC_RELAXED);
}

}  // namespace

std::string_view name_of(sensor_loss cause) {
    switch (cause) {
        case SENSOR_LOSS_RING_FULL:
            return "ring_full";
        case SENSOR_LOSS_NO_SCRATCH:
            return "no_scratch";
        case SENSOR_LOSS_NO_SOCKET:
            return "no_socket";
        case SENSOR_LOSSES:
            break;
    }
    return "unknown";
}

void LossWatch::look(const std::function<void(const Loss&)>& tell) {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        const std::uint64_t now = load(counts_[i]);
        if (now == told_[i]) continue;
        tell({static_cast<unsigned>(i / SENSOR_LOSSES), static_cast<sensor_loss>(i % SENSOR_LOSSES),
              now - told_[i]});
        told_[i] = now;
    }
}

void FloodWatch::look(std::uint64_t now, const std::function<void(const Flood&)>& tell) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        const std::uint64_t held = load(slots_[i].held);
        if (held == 0) continue;
        Known& known = known_[i];
        const std::uint64_t cgroup = load(slots_[i].cgroup);
        if (known.flooding && known.cgroup != cgroup) {
            tell({Flood::Phase::ends, known.cgroup, known.held - known.at_begin});
            known.flooding = false;
        }
        if (held != known.held) {
            if (!known.flooding) known.at_begin = known.held;
            known.held = held;
            known.cgroup = cgroup;
            known.changed = now;
            if (!known.flooding || now - known.told >= between_tellings) {
                tell({known.flooding ? Flood::Phase::goes_on : Flood::Phase::begins, cgroup,
                      held - known.at_begin});
                known.told = now;
            }
            known.flooding = true;
        } else if (known.flooding && now - known.changed >= quiet) {
            tell({Flood::Phase::ends, cgroup, held - known.at_begin});
            known.flooding = false;
        }
    }
}

}  // namespace shoji::sensor
