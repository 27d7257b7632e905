#include "watch/detect/beacon/rhythm.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace shoji::beacon {
namespace {

constexpr std::uint32_t hour = 3600;
constexpr std::uint32_t hours_of_shift = 8;
constexpr unsigned mantissa_bits = 11;
constexpr std::uint32_t most_coded = 0xFFFF;

}  // namespace

std::uint16_t coded_size(std::uint64_t bytes) {
    // Eleven bits behind the leading one, five for where it stands.
    constexpr std::uint64_t exact = std::uint64_t{1} << mantissa_bits;
    if (bytes < exact) return static_cast<std::uint16_t>(bytes);
    const auto shift = static_cast<unsigned>(std::bit_width(bytes)) - (mantissa_bits + 1);
    if (shift + 1 > 31) return most_coded;
    const std::uint64_t mantissa = (bytes >> shift) - exact;
    return static_cast<std::uint16_t>(((shift + 1) << mantissa_bits) | mantissa);
}

double decoded_size(std::uint16_t code) {
    const unsigned exponent = code >> mantissa_bits;
    constexpr std::uint32_t exact = std::uint32_t{1} << mantissa_bits;
    const double mantissa = code & (exact - 1);
    if (exponent == 0) return mantissa;
    return std::ldexp(mantissa + exact, static_cast<int>(exponent) - 1);
}

void Bars::add(std::uint32_t bin) {
    if (bin > newest_) {
        if (bin - newest_ >= bins) counts_.fill(0);
        for (std::uint32_t i = newest_ + 1; i <= bin && bin - newest_ < bins; ++i) {
            counts_[i % bins] = 0;
        }
        newest_ = bin;
    }
    if (newest_ - bin >= bins) return;
    auto& count = counts_[bin % bins];
    if (count < most_coded) ++count;
}

Bins Bars::until(std::uint32_t now) const {
    Bins histogram{};
    for (std::uint32_t i = 0; i < bins; ++i) {
        // Bin now - 23 + i, when it is one of those that are kept.
        const std::uint32_t bin = now + 1 + i;
        if (bin < bins || bin - bins > newest_ || newest_ - (bin - bins) >= bins) continue;
        histogram[i] = counts_[(bin - bins) % bins];
    }
    return histogram;
}

void Rhythm::add(const Moment& moment, std::uint64_t bytes) {
    const std::uint32_t pause =
        last_active_ == 0 || moment.active <= last_active_ ? 0 : moment.active - last_active_;
    pauses_[next_] = static_cast<std::uint16_t>(std::min(pause, most_coded));
    sizes_[next_] = coded_size(bytes);
    next_ = static_cast<std::uint8_t>((next_ + 1) % kept);
    filled_ = static_cast<std::uint8_t>(std::min<std::size_t>(filled_ + 1U, kept));
    last_active_ = std::max(last_active_, moment.active);
    hours_.add(moment.active / hour);
    shifts_.add(moment.active / (hour * hours_of_shift));
    if (moment.in_office) office_.add(moment.office);
}

std::uint32_t Rhythm::names() const {
    // Linear counting (Whang and others 1990) with 64 bits.
    constexpr double places = 64;
    const double empty = std::max(1, 64 - std::popcount(names_));
    return static_cast<std::uint32_t>(std::lround(-places * std::log(empty / places)));
}

bool Rhythm::opens_bin(const Moment& moment) const {
    return moment.active / hour > hours_.newest() ||
           (moment.in_office && moment.office > office_.newest());
}

Rhythm::Judgement Rhythm::judge(bool dns) const {
    std::array<double, kept> pauses{};
    std::array<double, kept> sizes{};
    for (std::size_t i = 0; i < filled_; ++i) {
        pauses[i] = pauses_[i];
        sizes[i] = decoded_size(sizes_[i]);
    }
    Judgement judgement;
    const std::span<double> known_pauses(pauses.data(), filled_);
    const std::span<double> known_sizes(sizes.data(), filled_);
    if (filled_ == 0) return judgement;
    // Both scores change the order and the values.
    std::ranges::sort(known_pauses);
    std::ranges::sort(known_sizes);
    judgement.middle_pause = median(known_pauses);
    judgement.middle_size = median(known_sizes);
    judgement.scores.timestamp = timestamp_score(known_pauses);
    if (judgement.scores.timestamp == 0) return judgement;
    judgement.scores.data_size =
        dns ? std::min(1.0, static_cast<double>(names()) / kept) : data_size_score(known_sizes);
    double best = -1;
    for (const auto view : {View::hours, View::shifts, View::office}) {
        const Bars& bars = view == View::hours ? hours_ : view == View::shifts ? shifts_ : office_;
        const Bins histogram = bars.until(bars.newest());
        Scores scores = judgement.scores;
        scores.duration = duration_score(histogram);
        scores.histogram = histogram_score(histogram);
        if (scores.total() <= best) continue;
        best = scores.total();
        judgement.view = view;
        judgement.scores = scores;
    }
    return judgement;
}

Rhythm::Recent Rhythm::recent() const {
    Recent recent;
    for (const auto bar : hours_.until(hours_.newest())) {
        recent.hours += bar > 0 ? 1 : 0;
        recent.contacts += bar;
    }
    return recent;
}

}  // namespace shoji::beacon
