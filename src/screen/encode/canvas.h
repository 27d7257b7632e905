// A picture that is kept: what the viewer is known to show.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace shoji::encode {

// The X byte of XRGB8888 is undefined in what comes in and zero in what is kept.
inline constexpr std::uint32_t colour_mask = 0x00ffffff;

class Canvas {
  public:
    // Black from now on.
    void reset(int width, int height) {
        width_ = width;
        height_ = height;
        pixels_.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
    }
    [[nodiscard]] int width() const { return width_; }
    [[nodiscard]] int height() const { return height_; }
    // Precondition for both: inside the canvas (x may be the width, for an end).
    [[nodiscard]] const std::uint32_t* at(int x, int y) const {
        return pixels_.data() + offset(x, y);
    }
    [[nodiscard]] std::uint32_t* at(int x, int y) { return pixels_.data() + offset(x, y); }
    [[nodiscard]] const std::vector<std::uint32_t>& pixels() const { return pixels_; }

    // As if the source were read whole before anything is written.
    // Precondition: both rectangles lie inside.
    void copy(int x, int y, int width, int height, int from_x, int from_y) {
        for (int i = 0; i < height; ++i) {
            // Downwards the last row goes first, so that no row is overwritten before it is read.
            const int row = y > from_y ? height - 1 - i : i;
            std::memmove(at(x, y + row), at(from_x, from_y + row),
                         static_cast<std::size_t>(width) * sizeof(std::uint32_t));
        }
    }

  private:
    [[nodiscard]] std::size_t offset(int x, int y) const {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
               static_cast<std::size_t>(x);
    }

    int width_ = 0;
    int height_ = 0;
    std::vector<std::uint32_t> pixels_;
};

}  // namespace shoji::encode
