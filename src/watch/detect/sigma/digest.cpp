#include "watch/detect/sigma/digest.h"

#include <algorithm>
#include <array>
#include <bit>

namespace shoji::sigma {
namespace {

class SipHash {
  public:
    void rounds(int count) {
        for (int i = 0; i < count; ++i) {
            v0_ += v1_;
            v2_ += v3_;
            v1_ = std::rotl(v1_, 13) ^ v0_;
            v3_ = std::rotl(v3_, 16) ^ v2_;
            v0_ = std::rotl(v0_, 32);
            v2_ += v1_;
            v0_ += v3_;
            v1_ = std::rotl(v1_, 17) ^ v2_;
            v3_ = std::rotl(v3_, 21) ^ v0_;
            v2_ = std::rotl(v2_, 32);
        }
    }
    void take(std::uint64_t word) {
        v3_ ^= word;
        rounds(2);
        v0_ ^= word;
    }
    Digest finish() {
        v2_ ^= 0xee;
        rounds(4);
        const auto low = v0_ ^ v1_ ^ v2_ ^ v3_;
        v1_ ^= 0xdd;
        rounds(4);
        return {low, v0_ ^ v1_ ^ v2_ ^ v3_};
    }

  private:
    // The key 00 01 02 … 0f, as the algorithm's own test vectors have it.
    static constexpr std::uint64_t key_0 = 0x0706050403020100;
    static constexpr std::uint64_t key_1 = 0x0f0e0d0c0b0a0908;
    std::uint64_t v0_ = 0x736f6d6570736575 ^ key_0;
    std::uint64_t v1_ = 0x646f72616e646f6d ^ key_1 ^ 0xee;
    std::uint64_t v2_ = 0x6c7967656e657261 ^ key_0;
    std::uint64_t v3_ = 0x7465646279746573 ^ key_1;
};

// Up to eight bytes, the first the lowest.
std::uint64_t word_of(std::string_view bytes) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(8, bytes.size()); ++i) {
        word |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    return word;
}

}  // namespace

Digest digest_of(std::string_view bytes) {
    SipHash hash;
    const auto length = static_cast<std::uint64_t>(bytes.size());
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) hash.take(word_of(bytes));
    hash.take((length << 56) | word_of(bytes));
    return hash.finish();
}

}  // namespace shoji::sigma
