// What is known of values that came before: programs, users and keys of the registry are the same
// again and again. A value is kept when it comes twice while no other one wants its place, so that
// values which never repeat cost little more than their hash. Its memory is bounded: at most
// `places` values of `most_bytes` each, and what is known of them.
#pragma once

#include "watch/detect/sigma/detection_bits.h"

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

class ValueCache {
  public:
    static constexpr std::size_t places = 8192;
    static constexpr std::size_t most_bytes = 512;  // of a value that is kept

    // A value of a field, as it is looked for.
    struct Key {
        std::uint32_t field;
        std::string_view value;
        std::uint64_t hash;
    };
    // `field` is any number that tells fields apart. What find() needs is on its way from memory
    // when the key is made well before.
    [[nodiscard]] Key key(std::uint32_t field, std::string_view value) const {
        const auto hash = hash_of(field, value);
        __builtin_prefetch(&sets_[hash % sets]);
        return {field, value, hash};
    }

    // What find() and keep() give is good until the next round begins, and the same value's as
    // long.
    void begin_round() { ++round_; }
    // Null: it is not kept.
    ValueFacts* find(const Key& key);
    // Precondition: find() did not find it. What is kept of it from now on, of which nothing is
    // known yet; null when it is not kept.
    ValueFacts* keep(const Key& key, std::size_t words);
    void clear() { sets_.assign(sets, {}); }

  private:
    // A power of two, known when this is compiled: a division for each value would be felt.
    static constexpr std::size_t sets = places / 2;
    static_assert(std::has_single_bit(sets));
    static std::uint64_t hash_of(std::uint32_t field, std::string_view value);

    struct Place {
        std::uint64_t round = 0;  // the last one that asked for it; 0: the place is free
        std::uint32_t field = 0;
        std::string value;
        ValueFacts facts;
    };
    struct alignas(64) Set {
        std::array<std::uint64_t, 2> hashes{};
        std::uint64_t candidate = 0;  // the hash of the last one that was not kept
        std::array<Place, 2> ways;
    };

    std::vector<Set> sets_ = std::vector<Set>(sets);
    std::uint64_t round_ = 1;
};

}  // namespace shoji::sigma
