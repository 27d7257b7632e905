// Where a picture really differs from the one sent before it. Chromium's damage is coarse: a
// keystroke damages some 18,000 pixels and changes 82.
#pragma once

#include "screen/encode/canvas.h"
#include "screen/encode/encode.h"

#include <cstdint>
#include <span>
#include <vector>

namespace shoji::encode {

inline constexpr int tile_side = 32;  // pixels

// Which tiles of a picture are to be looked at. The last column and row of tiles may be cut.
class TileSet {
  public:
    TileSet(int width, int height);
    // The tiles that the rectangle touches; what lies outside of the picture is left out.
    void add(const Rectangle& rectangle);
    [[nodiscard]] int rows() const { return rows_; }
    // The tiles of one row in pixels, from the left.
    [[nodiscard]] std::vector<Rectangle> row(int number) const;
    // All of them, row by row.
    [[nodiscard]] std::vector<Rectangle> rectangles() const;

  private:
    [[nodiscard]] std::size_t index(int column, int row) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
               static_cast<std::size_t>(column);
    }

    int width_;
    int height_;
    int columns_;
    int rows_;
    std::vector<std::uint8_t> tiles_;
};

// The changed part of each changed tile of `tiles`, row by row of tiles.
std::vector<Rectangle> changed_parts(const Canvas& before, const Image& now, const TileSet& tiles);

// The parts, in the order of changed_parts(), joined where one rectangle costs less than two. They
// cover all parts; together they are no larger than the parts and half the picture (they may
// overlap a little).
std::vector<Rectangle> join(std::span<const Rectangle> parts);

// The smallest rectangle around both.
Rectangle around(const Rectangle& a, const Rectangle& b);

inline std::int64_t area(const Rectangle& rectangle) {
    return std::int64_t{rectangle.width} * rectangle.height;
}

}  // namespace shoji::encode
