// Amounts by hour of the week: the last four of each hour, and what is usual at an hour.
#pragma once

#include "watch/detect/exfiltration/history.h"

#include <array>
#include <cstdint>
#include <optional>

namespace shoji::exfiltration {

class Season {
  public:
    Season() {
        for (auto& cell : cells_) cell.fill(none);
    }

    // Adds to `hour` (since 1970, in the city's zone; not negative). Hours between without anything
    // count as 0; an earlier hour counts as this one. Gives the amount of an hour that this ends.
    std::optional<std::uint64_t> add(std::int64_t hour, std::uint64_t amount);
    [[nodiscard]] std::uint64_t now() const { return now_; }

    // What is usual at this hour: from this weekday's hours from the one before to the one after;
    // when these are too few, from all working days' or all weekend days'. Nothing when those are.
    [[nodiscard]] std::optional<Baseline> usual(const Rule& rule) const;

    template <class Archive>
    void transfer(Archive& archive) {
        archive(cells_, hour_, now_);
    }
    [[nodiscard]] bool sound() const { return hour_ >= -1 && hour_ <= last_hour; }

  private:
    static constexpr std::size_t weeks = 4;
    static constexpr std::int64_t week_hours = 168;
    static constexpr std::uint8_t none = 255;
    static constexpr std::int64_t last_hour = 24'000'000;  // the years end at 2261 (event/time.h)

    void close(std::int64_t hour, std::uint64_t amount);
    std::size_t gather(std::int64_t hour, bool all_days, std::span<std::uint8_t> into) const;

    std::array<std::array<std::uint8_t, weeks>, week_hours> cells_{};
    std::int64_t hour_ = -1;
    std::uint64_t now_ = 0;
};

}  // namespace shoji::exfiltration
