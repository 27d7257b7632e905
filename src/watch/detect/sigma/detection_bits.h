// Sets of the detections of one route (route.h), a bit each, in words of 64.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace shoji::sigma {

using Word = std::uint64_t;
inline constexpr std::size_t word_bits = 64;

constexpr std::size_t words_for(std::size_t bits) {
    return (bits + word_bits - 1) / word_bits;
}
inline void set_bit(std::span<Word> words, std::size_t bit) {
    words[bit / word_bits] |= Word{1} << (bit % word_bits);
}
inline bool has_bit(std::span<const Word> words, std::size_t bit) {
    return (words[bit / word_bits] >> (bit % word_bits) & 1U) != 0;
}
// Precondition: both have the same size.
inline void add_bits(std::span<Word> to, std::span<const Word> from) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] |= from[i];
}

// What one value of a field, or its absence, says of the detections of a route.
class ValueFacts {
  public:
    // Knows nothing yet of as many detections as `words` have room for.
    void reset(std::size_t words) {
        words_ = words;
        bits_.assign(words * 3, 0);
    }
    // Those that have a witness in it.
    std::span<Word> witnessed() { return part(0); }
    // Those that do not hold, whatever the other fields are.
    std::span<Word> refuted() { return part(1); }
    // Those of which it is known whether they are refuted.
    std::span<Word> weighed() { return part(2); }

  private:
    std::span<Word> part(std::size_t index) {
        return std::span(bits_).subspan(index * words_, words_);
    }

    std::size_t words_ = 0;
    std::vector<Word> bits_;
};

}  // namespace shoji::sigma
