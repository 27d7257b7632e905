// A text as 128 bits: what groups and counts values of any length in a fixed space. SipHash-2-4
// with 128 bits of output (Aumasson and Bernstein), under a fixed key, so that the same text is the
// same number in each run. Two texts with one digest would be taken for the same; nobody knows how
// to find such two in less than some 2^64 tries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace shoji::sigma {

struct Digest {
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    template <class Archive>
    void transfer(Archive& archive) {
        archive(low, high);
    }
    bool operator==(const Digest&) const = default;
    auto operator<=>(const Digest&) const = default;
};

Digest digest_of(std::string_view bytes);

struct DigestHash {
    std::size_t operator()(const Digest& digest) const { return digest.low; }
};

}  // namespace shoji::sigma
