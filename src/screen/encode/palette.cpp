#include "screen/encode/palette.h"

#include "screen/encode/canvas.h"

#include <algorithm>
#include <cstring>

namespace shoji::encode {
namespace {

// Most of a page is background: so many pixels of one colour are passed over at once.
constexpr int run_step = 8;

bool is_run(const std::uint32_t* pixels) {
    std::uint32_t difference = 0;
    for (int i = 1; i < run_step; ++i) difference |= pixels[i] ^ pixels[0];
    return (difference & colour_mask) == 0;
}

}  // namespace

std::size_t Palette::append(const Image& image, const Rectangle& rectangle,
                            std::vector<std::uint8_t>& out) {
    if (!number(image, rectangle)) {
        clear();  // the colours of other rectangles may have filled it
        if (!number(image, rectangle)) {
            clear();
            return 0;
        }
    }
    for (std::size_t i = 0; i < count_; ++i) {
        out.push_back(static_cast<std::uint8_t>(colours_[i] >> 16));
        out.push_back(static_cast<std::uint8_t>(colours_[i] >> 8));
        out.push_back(static_cast<std::uint8_t>(colours_[i]));
    }
    out.insert(out.end(), numbers_.begin(), numbers_.end());
    return count_;
}

bool Palette::number(const Image& image, const Rectangle& rectangle) {
    numbers_.resize(static_cast<std::size_t>(rectangle.width) *
                    static_cast<std::size_t>(rectangle.height));
    std::uint8_t* out = numbers_.data();
    for (int y = rectangle.y; y < rectangle.y + rectangle.height; ++y) {
        const std::uint32_t* row =
            image.pixels.data() + static_cast<std::ptrdiff_t>(y) * image.width + rectangle.x;
        for (int x = 0; x < rectangle.width;) {
            const int count = std::min(run_step, rectangle.width - x);
            // Looking each colour up costs less than guessing wrongly which equals its neighbour.
            const int looked_up = count == run_step && is_run(row + x) ? 1 : count;
            for (int i = 0; i < looked_up; ++i) {
                const std::size_t found = number_of(row[x + i] & colour_mask);
                if (found > 255) return false;
                out[i] = static_cast<std::uint8_t>(found);
            }
            if (looked_up < count) std::memset(out, out[0], run_step);
            out += count;
            x += count;
        }
    }
    return true;
}

std::size_t Palette::number_of(std::uint32_t colour) {
    std::size_t slot = (colour * 0x9e3779b1U) >> (32 - slot_bits);
    while (slots_[slot].colour != colour) {
        if (slots_[slot].colour == unused) {
            if (count_ == colours_.size()) return count_;
            slots_[slot] = {colour, static_cast<std::uint32_t>(count_)};
            colours_[count_++] = colour;
            break;
        }
        slot = (slot + 1) & (slots_.size() - 1);
    }
    return slots_[slot].number;
}

void Palette::clear() {
    slots_.fill(Slot{});
    count_ = 0;
}

}  // namespace shoji::encode
