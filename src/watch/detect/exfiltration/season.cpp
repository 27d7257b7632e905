#include "watch/detect/exfiltration/season.h"

#include <algorithm>

namespace shoji::exfiltration {

void Season::close(std::int64_t hour, std::uint64_t amount) {
    auto& cell = cells_.at(static_cast<std::size_t>(hour % week_hours));
    std::shift_right(cell.begin(), cell.end(), 1);
    cell[0] = step_of(amount);
}

std::optional<std::uint64_t> Season::add(std::int64_t hour, std::uint64_t amount) {
    std::optional<std::uint64_t> over;
    if (hour > hour_) {
        if (hour_ >= 0) {
            close(hour_, now_);
            over = now_;
            // More than four weeks of silence leave nothing else.
            const std::int64_t first =
                std::max(hour_ + 1, hour - week_hours * static_cast<std::int64_t>(weeks));
            for (std::int64_t silent = first; silent < hour; ++silent) close(silent, 0);
        }
        hour_ = hour;
        now_ = 0;
    }
    constexpr std::uint64_t most = std::uint64_t{1} << 62U;
    now_ += std::min(amount, most - std::min(now_, most));
    return over;
}

std::size_t Season::gather(std::int64_t hour, bool all_days, std::span<std::uint8_t> into) const {
    std::size_t count = 0;
    // 1970-01-01 was a Thursday: of the days since then, 2 and 3 modulo 7 are Saturday and Sunday.
    const auto weekend = [](std::int64_t day) { return day == 2 || day == 3; };
    const std::int64_t today = hour % week_hours / 24;
    for (std::int64_t day = 0; day < 7; ++day) {
        if (day != today && (!all_days || weekend(day) != weekend(today))) continue;
        for (std::int64_t near = -1; near <= 1; ++near) {
            const auto place = (day * 24 + hour % 24 + near + week_hours) % week_hours;
            for (const auto step : cells_.at(static_cast<std::size_t>(place))) {
                if (step != none && count < into.size()) into[count++] = step;
            }
        }
    }
    return count;
}

std::optional<Baseline> Season::usual(const Rule& rule) const {
    constexpr std::size_t least = 8;
    if (hour_ < 0) return std::nullopt;
    std::array<std::uint8_t, 5 * 3 * weeks> steps{};
    std::size_t count = gather(hour_, false, steps);
    if (count < least) count = gather(hour_, true, steps);
    if (count < least) return std::nullopt;
    return baseline_of(std::span(steps.data(), count), rule);
}

}  // namespace shoji::exfiltration
