// Colours to numbers. The numbers stay with their colours from rectangle to rectangle and from
// frame to frame, so that the compressor meets the same bytes when the same text comes again.
#pragma once

#include "screen/encode/encode.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace shoji::encode {

class Palette {
  public:
    // Appends the palette (three bytes a colour) and then the number of each pixel of `rectangle`
    // to `out`, or leaves `out` alone and returns 0 when the rectangle has more than 256 colours.
    // Returns how many colours the palette has, 1 to 256.
    std::size_t append(const Image& image, const Rectangle& rectangle,
                       std::vector<std::uint8_t>& out);

  private:
    // Fills numbers_; false when there was no room for all colours.
    bool number(const Image& image, const Rectangle& rectangle);
    // The colour's number; 256: no room for it.
    std::size_t number_of(std::uint32_t colour);
    void clear();

    static constexpr std::size_t slot_bits = 11;  // eight slots a colour: few collisions
    struct Slot {
        std::uint32_t colour = unused;
        std::uint32_t number = 0;
    };
    static constexpr std::uint32_t unused = 0xffffffff;

    std::array<Slot, std::size_t{1} << slot_bits> slots_{};
    std::array<std::uint32_t, 256> colours_{};
    std::size_t count_ = 0;
    std::vector<std::uint8_t> numbers_;
};

}  // namespace shoji::encode
