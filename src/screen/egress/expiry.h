// When an approval ends. Pure: the clocks come in.
#pragma once

#include <algorithm>
#include <cstdint>

namespace shoji::egress {

// Seconds. The wall clock says when the approval ends, but may be set back; the running clock
// (CLOCK_BOOTTIME) cannot. The approval ends by whichever comes first.
class Expiry {
  public:
    // `expires`: seconds since 1970, 0: never. The other two are the clocks now.
    Expiry(std::uint64_t expires, std::uint64_t wall, std::uint64_t running)
        : expires_(std::min(expires, furthest)),
          // Whole seconds: one more, so that this clock never ends it early.
          deadline_(running + (expires_ > wall ? expires_ - wall + 1 : 0)) {}

    [[nodiscard]] bool ends() const { return expires_ != 0; }
    [[nodiscard]] bool has_passed(std::uint64_t wall, std::uint64_t running) const {
        return ends() && (wall >= expires_ || running >= deadline_);
    }
    [[nodiscard]] std::uint64_t wall_deadline() const { return expires_; }
    [[nodiscard]] std::uint64_t running_deadline() const { return deadline_; }

  private:
    // The year 36812: far enough, and no sum with it overflows.
    static constexpr std::uint64_t furthest = std::uint64_t{1} << 40U;

    std::uint64_t expires_;
    std::uint64_t deadline_;
};

}  // namespace shoji::egress
