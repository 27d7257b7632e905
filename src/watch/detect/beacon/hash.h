// SipHash-1-3 (Aumasson, Bernstein 2012): names come from outside, and who does not know the key
// cannot make two of them collide.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

namespace shoji::beacon {

class Hash {
  public:
    // The same text under another `domain` gives another number.
    Hash(std::uint64_t key, std::uint64_t domain)
        : lanes_{key ^ 0x736f6d6570736575U, domain ^ 0x646f72616e646f6dU, key ^ 0x6c7967656e657261U,
                 domain ^ 0x7465646279746573U} {}

    Hash& add(std::string_view text) {
        total_ += text.size();
        while (text.size() >= 8) {
            absorb(word(text));
            text.remove_prefix(8);
        }
        absorb(word(text) | (std::uint64_t{text.size()} << 56));
        return *this;
    }

    [[nodiscard]] std::uint64_t value() const {
        Hash end = *this;
        end.absorb(total_);
        end.lanes_[2] ^= 0xff;
        for (int i = 0; i < 3; ++i) end.round();
        return end.lanes_[0] ^ end.lanes_[1] ^ end.lanes_[2] ^ end.lanes_[3];
    }

  private:
    static std::uint64_t word(std::string_view text) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < 8 && i < text.size(); ++i) {
            value |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
        }
        return value;
    }
    void absorb(std::uint64_t value) {
        lanes_[3] ^= value;
        round();
        lanes_[0] ^= value;
    }
    void round() {
        auto& [a, b, c, d] = lanes_;
        a += b;
        b = std::rotl(b, 13) ^ a;
        a = std::rotl(a, 32);
        c += d;
        d = std::rotl(d, 16) ^ c;
        a += d;
        d = std::rotl(d, 21) ^ a;
        c += b;
        b = std::rotl(b, 17) ^ c;
        c = std::rotl(c, 32);
    }

    std::array<std::uint64_t, 4> lanes_;
    std::uint64_t total_ = 0;
};

}  // namespace shoji::beacon
