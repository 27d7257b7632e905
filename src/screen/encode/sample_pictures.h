// Made-up pictures like those that a browser draws, for this room's tests and measurements.
#pragma once

#include "screen/encode/encode.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace shoji::encode::samples {

using Random = std::mt19937;

// The same numbers in every run, so that a failure can be repeated.
inline Random seeded(std::uint32_t number) {
    return Random(number);
}

inline int between(Random& random, int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random);
}

struct Picture {
    int width = 0;
    int height = 0;
    std::vector<std::uint32_t> pixels;

    Picture(int w, int h, std::uint32_t colour = 0xffffff)
        : width(w),
          height(h),
          pixels(static_cast<std::size_t>(w) * static_cast<std::size_t>(h), colour) {}
    [[nodiscard]] std::uint32_t& at(int x, int y) {
        return pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                      static_cast<std::size_t>(x)];
    }
    [[nodiscard]] Image image() const { return {width, height, pixels}; }
    [[nodiscard]] Rectangle all() const { return {0, 0, width, height}; }

    void fill(const Rectangle& area, std::uint32_t colour) {
        for (int y = std::max(area.y, 0); y < std::min(area.y + area.height, height); ++y) {
            for (int x = std::max(area.x, 0); x < std::min(area.x + area.width, width); ++x) {
                at(x, y) = colour;
            }
        }
    }
};

// Glyphs of 14 by 16 pixels in 16 greys, as many as a page of Japanese has different ones.
class Font {
  public:
    static constexpr int width = 14;
    static constexpr int height = 16;

    explicit Font(Random& random) {
        for (auto& glyph : glyphs_) {
            glyph.assign(std::size_t{width} * height, 255);
            for (int strokes = between(random, 4, 9); strokes > 0; --strokes) {
                stroke(random, glyph);
            }
        }
    }
    void draw(Picture& picture, int glyph, int left, int top, std::uint32_t ink) const {
        const auto& greys = glyphs_[static_cast<std::size_t>(glyph) % glyphs_.size()];
        for (int y = 0; y < height && top + y < picture.height; ++y) {
            for (int x = 0; x < width && left + x < picture.width; ++x) {
                const std::uint32_t grey = greys[static_cast<std::size_t>(y * width + x)];
                if (grey == 255 || left + x < 0 || top + y < 0) continue;
                std::uint32_t colour = 0;
                for (const int shift : {0, 8, 16}) {
                    const std::uint32_t part = (ink >> shift) & 255;
                    colour |= (part + (255 - part) * grey / 255) << shift;
                }
                picture.at(left + x, top + y) = colour;
            }
        }
    }

  private:
    static void stroke(Random& random, std::vector<std::uint8_t>& glyph) {
        const bool across = between(random, 0, 1) == 0;
        const int line = between(random, 1, (across ? height : width) - 3);
        const int begin = between(random, 0, 5);
        const int end = between(random, 8, 13);
        for (int i = begin; i <= end; ++i) {
            const int here = across ? line * width + i : i * width + line;
            const int beside = across ? here + width : here + 1;
            glyph[static_cast<std::size_t>(here)] = 17;
            glyph[static_cast<std::size_t>(beside)] =
                std::min<std::uint8_t>(glyph[static_cast<std::size_t>(beside)],
                                       static_cast<std::uint8_t>(17 * between(random, 3, 14)));
        }
    }

    std::vector<std::vector<std::uint8_t>> glyphs_{400};
};

// A tall page of paragraphs with headings and links between margins.
inline Picture article(Random& random, const Font& font, int width, int height) {
    Picture page(width, height);
    const int left = width / 7;
    int top = 20;
    while (top + Font::height < height) {
        const bool heading = between(random, 0, 9) == 0;
        if (heading) page.fill({left - 12, top - 2, 6, Font::height + 4}, 0x1a5fb4);
        const int letters = heading ? 14 : between(random, 10, (width - 2 * left) / Font::width);
        int link = between(random, 0, 30);
        for (int i = 0; i < letters; ++i) {
            const bool linked = --link < 0 && link > -6;
            const std::uint32_t ink = linked ? 0x0645ad : 0x222222;
            font.draw(page, between(random, 0, 399), left + i * Font::width, top, ink);
        }
        top += heading ? 40 : 28;
    }
    return page;
}

// More colours than a palette holds, neighbours alike but rarely equal.
inline void draw_photo(Random& random, Picture& picture, const Rectangle& area) {
    const int phase = between(random, 0, 255);
    for (int y = std::max(area.y, 0); y < std::min(area.y + area.height, picture.height); ++y) {
        for (int x = std::max(area.x, 0); x < std::min(area.x + area.width, picture.width); ++x) {
            const auto noise = static_cast<std::uint32_t>(between(random, 0, 7));
            const auto red = static_cast<std::uint32_t>((x * 2 + phase) & 0xf8) | noise;
            const auto green = static_cast<std::uint32_t>((y * 2 + phase) & 0xf8) | noise;
            picture.at(x, y) = (red << 16) | (green << 8) | ((red ^ green) & 255);
        }
    }
}

// What a window over `page` shows.
inline Picture window(const Picture& page, int left, int top, int width, int height) {
    Picture shown(width, height);
    for (int y = 0; y < height; ++y) {
        const auto from =
            page.pixels.begin() + static_cast<std::ptrdiff_t>(top + y) * page.width + left;
        std::copy(from, from + width,
                  shown.pixels.begin() + static_cast<std::ptrdiff_t>(y) * width);
    }
    return shown;
}

}  // namespace shoji::encode::samples
