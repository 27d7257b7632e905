// Whether the keeper still says that it is alive, and whether the kernel's records still come: the
// keeper does something harmless every canary_seconds, whose record has to arrive. Pure.
#pragma once

#include <chrono>
#include <cstdint>

namespace shoji::station {

class KeeperWatch {
  public:
    using Time = std::chrono::nanoseconds;  // of a clock that rests while the machine sleeps
    enum class Finding : std::uint8_t { nothing, keeper_silent, records_silent };

    // `canary`: 0 where policy leaves out the family that would see it.
    KeeperWatch(std::chrono::seconds silent, std::chrono::seconds canary)
        : silent_(silent), canary_(canary) {}

    // `next`: when the following one comes at the latest, where
    // that is later than always.
    void hear(Time now, std::chrono::seconds next);
    // A record of something that the keeper did.
    void see_record(Time now);
    // From the first look on. Each finding is told once, until it is over. While the keeper is
    // silent it does nothing whose record could be missed.
    Finding look(Time now);

  private:
    std::chrono::seconds silent_, canary_;
    bool begun_ = false;
    Time alive_until_{0};
    Time records_until_{0};
    bool keeper_told_ = false;
    bool records_told_ = false;
};

}  // namespace shoji::station
