// Random numbers that are the same on every machine: SplitMix64 (Steele, Lea, Flood 2014) and what
// is derived from it by integers alone.
#pragma once

#include "watch/event/event.h"

#include <bit>
#include <cstdint>

namespace shoji::city {

using event::Time;

// One number out of several: equal inputs give equal outputs.
constexpr std::uint64_t mix(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15U;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
}
constexpr std::uint64_t mix(std::uint64_t first, std::uint64_t second) {
    return mix(mix(first) ^ second);
}
constexpr std::uint64_t mix(std::uint64_t first, std::uint64_t second, std::uint64_t third) {
    return mix(mix(first, second) ^ third);
}

class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() { return mix(state_++); }
    // 0 to `bound` - 1; `bound` is 1 to 2^32.
    std::uint64_t below(std::uint64_t bound) { return ((next() >> 32) * bound) >> 32; }
    std::uint64_t between(std::uint64_t least, std::uint64_t most) {
        return least + below(most - least + 1);
    }
    bool per_mille(std::uint64_t chance) { return below(1000) < chance; }

    // A rank from 0 to 2^bits - 2, rank r about in proportion to 1 / (r + 1).
    std::uint64_t rank(unsigned bits) {
        const auto octave = below(bits);
        return (std::uint64_t{1} << octave) - 1 + below(std::uint64_t{1} << octave);
    }

    // About exponentially distributed; the logarithm is taken by parabolas, within one part in a
    // hundred. At most 45 means.
    Time exponential(Time mean) {
        const std::uint64_t bits = next() | 1;
        const auto zeros = static_cast<std::uint64_t>(std::countl_zero(bits));
        // The bits after the first one, as 16 bits of a fraction.
        const std::uint64_t part = (bits << zeros << 1) >> 48;
        const std::uint64_t curved = part + ((part * (65536 - part) * 22) >> 22);
        const std::uint64_t binary = ((zeros + 1) << 16) - curved;
        const std::uint64_t natural = (binary * 45426) >> 16;
        return static_cast<Time>((static_cast<std::uint64_t>(mean) >> 16) * natural);
    }

    // Around `median`, seldom more than `octaves` doublings away from it: a bell over the
    // logarithm.
    std::uint64_t size(std::uint64_t median, std::uint64_t octaves) {
        // Half the sum of four parts of an octave range; in 1/1024 of an octave.
        const std::uint64_t range = octaves * 1024;
        const std::uint64_t sum = (below(range) + below(range) + below(range) + below(range)) / 2;
        const std::uint64_t whole = sum >> 10;
        const std::uint64_t part = sum & 1023;
        return (((median << whole) >> octaves) * (1024 + part)) >> 10;
    }

  private:
    std::uint64_t state_;
};

}  // namespace shoji::city
