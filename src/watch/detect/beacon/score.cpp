#include "watch/detect/beacon/score.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace shoji::beacon {
namespace {

// RITA's defaults.
constexpr std::uint32_t least_hours = 6;
constexpr double ideal_hours = 12;
constexpr double mode_sensitivity = 0.05;
constexpr std::uint32_t outlier_bars = 1;
constexpr std::uint32_t least_hours_of_modes = 11;
constexpr double least_quartile_distance = 10;
constexpr double quarter = 0.25;

double rounded(double value) {
    return std::round(value * 1000) / 1000;
}

double skewness_score(std::span<const double> sorted) {
    // Quartiles as medians of the halves; the middle one of an odd count is in neither.
    const std::size_t half = sorted.size() / 2;
    const double first = median(sorted.first(half));
    const double second = median(sorted);
    const double third = median(sorted.last(half));
    if (third - first < least_quartile_distance || second == first || second == third) return 1;
    return 1 - std::abs((first + third - 2 * second) / (third - first));
}

double dispersion_score(std::span<double> sorted, double without_middle) {
    const double middle = median(sorted);
    if (middle < 1) return without_middle;
    for (double& value : sorted) value = std::abs(value - middle);
    std::ranges::sort(sorted);
    return std::max(0.0, (middle - median(sorted)) / middle);
}

std::uint32_t filled(const Bins& histogram) {
    return static_cast<std::uint32_t>(
        std::ranges::count_if(histogram, [](std::uint32_t bar) { return bar > 0; }));
}

// Over the end to the beginning, as there.
std::uint32_t longest_run(const Bins& histogram) {
    std::uint32_t longest = 0;
    std::uint32_t run = 0;
    for (std::size_t i = 0; i < 2 * bins; ++i) {
        run = histogram[i % bins] > 0 ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return std::min(longest, static_cast<std::uint32_t>(bins));
}

double evenness(const Bins& histogram) {
    double sum = 0;
    for (const auto bar : histogram) sum += bar;
    if (sum == 0) return 0;
    const double mean = sum / bins;
    double squares = 0;
    for (const auto bar : histogram) squares += (bar - mean) * (bar - mean);
    const double variation = std::sqrt(squares / bins) / mean;
    return variation > 1 ? 0 : rounded(1 - variation);
}

// How much of the histogram its two most frequent heights make up.
double two_heights(const Bins& histogram) {
    const auto bars = filled(histogram);
    if (bars < least_hours_of_modes) return 0;
    const double height = std::ceil(*std::ranges::max_element(histogram) * mode_sensitivity);
    std::array<std::uint32_t, bins> heights{};
    std::size_t count = 0;
    for (const auto bar : histogram) {
        if (bar > 0) heights[count++] = static_cast<std::uint32_t>(std::floor(bar / height));
    }
    std::sort(heights.begin(), heights.begin() + static_cast<std::ptrdiff_t>(count));
    std::uint32_t most = 0;
    std::uint32_t second = 0;
    for (std::size_t i = 0; i < count;) {
        std::size_t next = i;
        while (next < count && heights[next] == heights[i]) ++next;
        const auto same = static_cast<std::uint32_t>(next - i);
        if (same > most) {
            second = most;
            most = same;
        } else {
            second = std::max(second, same);
        }
        i = next;
    }
    return std::min(1.0, rounded(static_cast<double>(most + second) / (bars - outlier_bars)));
}

}  // namespace

double Scores::total() const {
    return rounded((timestamp + data_size + duration + histogram) * quarter);
}

double median(std::span<const double> sorted) {
    const std::size_t half = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

double regularity(std::span<double> values, double without_middle) {
    if (values.size() < 3) return 0;
    std::ranges::sort(values);
    const double skewness = skewness_score(values);
    return rounded((skewness + dispersion_score(values, without_middle)) / 2);
}

double timestamp_score(std::span<double> pauses) {
    const auto zeros = std::partition(pauses.begin(), pauses.end(), [](double p) { return p > 0; });
    const auto kept = static_cast<std::size_t>(zeros - pauses.begin());
    return regularity(pauses.first(kept), 1);
}

double data_size_score(std::span<double> sizes) {
    return regularity(sizes, 0);
}

double duration_score(const Bins& histogram) {
    if (filled(histogram) < least_hours) return 0;
    const auto is_filled = [](std::uint32_t bar) { return bar > 0; };
    const auto first = std::ranges::find_if(histogram, is_filled) - histogram.begin();
    const auto last = std::find_if(histogram.rbegin(), histogram.rend(), is_filled);
    const auto from_end = last - histogram.rbegin();
    const double coverage = static_cast<double>(bins) - static_cast<double>(first + from_end);
    const double covered = std::ceil(coverage / bins * 1000) / 1000;
    const double consistent = std::ceil(longest_run(histogram) / ideal_hours * 1000) / 1000;
    return std::min(1.0, std::max(covered, consistent));
}

double histogram_score(const Bins& histogram) {
    return std::max(evenness(histogram), two_heights(histogram));
}

double bucketed(double value, const std::array<double, 4>& thresholds) {
    constexpr double step = 0.2;
    if (!(value >= thresholds[0])) return 0;
    for (std::size_t i = 1; i < thresholds.size(); ++i) {
        if (value >= thresholds[i]) continue;
        const double part = (value - thresholds[i - 1]) / (thresholds[i] - thresholds[i - 1]);
        return step * (static_cast<double>(i) + part);
    }
    return step * static_cast<double>(thresholds.size());
}

}  // namespace shoji::beacon
