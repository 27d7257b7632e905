#include "watch/detect/exfiltration/history.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace shoji::exfiltration {
namespace {

constexpr std::uint32_t steps_an_octave = 4;

std::uint8_t median_of(std::span<std::uint8_t> steps) {
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
    std::nth_element(steps.begin(), middle, steps.end());
    return *middle;
}

}  // namespace

std::uint8_t step_of(std::uint64_t amount) {
    constexpr std::uint64_t largest = std::uint64_t{1} << 62U;
    const std::uint64_t one_more = std::min(amount, largest) + 1;
    const auto octave = static_cast<std::uint32_t>(std::bit_width(one_more) - 1);
    const std::uint64_t quarter = octave >= 2 ? one_more >> (octave - 2) : one_more << (2 - octave);
    return static_cast<std::uint8_t>(octave * steps_an_octave + (quarter & 3U));
}

std::uint64_t amount_of(std::uint32_t step) {
    constexpr std::uint32_t last_octave = 62;
    const std::uint32_t octave = std::min(step / steps_an_octave, last_octave);
    const std::uint64_t quarters = steps_an_octave + step % steps_an_octave;
    // Rounded up: the least amount of the step, not the largest of the one below.
    return octave >= 2 ? (quarters << (octave - 2)) - 1 : ((quarters << octave) + 3) / 4 - 1;
}

Baseline baseline_of(std::span<std::uint8_t> steps, const Rule& rule) {
    const std::uint8_t median = median_of(steps);
    const std::uint8_t largest = *std::ranges::max_element(steps);
    const auto upper = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() * 3 / 4);
    std::nth_element(steps.begin(), upper, steps.end());
    const std::uint8_t quartile = *upper;
    for (auto& step : steps) {
        step = static_cast<std::uint8_t>(step > median ? step - median : median - step);
    }
    // 1.4826 MADs of a normal distribution are one standard deviation.
    const std::uint32_t spread =
        std::max((median_of(steps) * 1483U + 500U) / 1000U, rule.least_spread);
    const std::uint32_t limit =
        std::max(median + rule.deviations * spread, largest + rule.over_largest);
    return {Baseline::From::own, static_cast<std::uint32_t>(steps.size()), amount_of(median),
            amount_of(limit), amount_of(quartile)};
}

Baseline History::baseline(const Rule& rule) const {
    auto steps = steps_;
    return baseline_of(std::span(steps.data(), count_), rule);
}

void Population::add(std::uint64_t amount) {
    if (total_ >= most) {
        total_ = 0;
        for (auto& count : counts_) {
            count /= 2;
            total_ += count;
        }
    }
    ++counts_.at(step_of(amount));
    ++total_;
}

std::uint64_t Population::quantile(std::uint32_t per_10000) const {
    const std::uint64_t wanted = std::uint64_t{total_} * per_10000 / 10'000;
    std::uint64_t below = 0;
    std::uint32_t step = 0;
    while (step + 1 < counts_.size() && below + counts_.at(step) <= wanted) {
        below += counts_.at(step++);
    }
    return amount_of(step);
}

std::uint16_t Population::used_amounts() const {
    if (total_ == 0) return 0;
    const auto unused = std::ranges::count(counts_, std::uint32_t{0});
    return static_cast<std::uint16_t>(counts_.size() - static_cast<std::size_t>(unused));
}

std::uint32_t HostCount::estimate() const {
    constexpr double bits = 256;
    int set = 0;
    for (const auto word : bits_) set += std::popcount(word);
    const double free = std::max(bits - set, 1.0);
    return static_cast<std::uint32_t>(std::lround(-bits * std::log(free / bits)));
}

}  // namespace shoji::exfiltration
