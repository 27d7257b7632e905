// The beacon score of RITA v5 (Active Countermeasures, github.com/activecm/rita:
// analysis/beacons.go and analysis.go, default_config.hjson), written anew: four parts from 0 to 1,
// a quarter each. How regular the pauses are, how equal the sizes, how long it has lasted without a
// break, how even the histogram of 24 bins is. All parts are rounded as there, to three decimals.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace shoji::beacon {

constexpr std::size_t bins = 24;
using Bins = std::array<std::uint32_t, bins>;

struct Scores {
    double timestamp = 0;
    double data_size = 0;
    double duration = 0;
    double histogram = 0;

    [[nodiscard]] double total() const;
};

// Of values in ascending order, at least one.
double median(std::span<const double> sorted);

// The mean of 1 - |Bowley's skewness| and 1 - MADM / median. `without_middle` stands for the second
// where the median is below 1. 0 for fewer than three values. Sorts `values`.
double regularity(std::span<double> values, double without_middle);

// Pauses of 0 are left out; 0 when fewer than three others are there.
double timestamp_score(std::span<double> pauses);
double data_size_score(std::span<double> sizes);

// Both from the oldest bin to the newest. RITA's coverage is taken at the resolution of the bins.
double duration_score(const Bins& histogram);
double histogram_score(const Bins& histogram);

// Where a value stands between thresholds: 0 below the first; from there straight lines to 0.2,
// 0.4, 0.6, 0.8 at the four of them; never more.
double bucketed(double value, const std::array<double, 4>& thresholds);
constexpr std::array<double, 4> beacon_buckets{0.5, 0.7, 0.9, 1.0};
constexpr std::array<double, 4> open_hours_buckets{1, 4, 8, 12};

}  // namespace shoji::beacon
