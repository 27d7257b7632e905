#include "screen/encode/difference.h"

#include <algorithm>
#include <array>

namespace shoji::encode {
namespace {

// Pixels that may be sent without need to save the cost of one more rectangle: unchanged ones
// between two changes are mostly background, which compresses to almost nothing.
constexpr std::int64_t join_slack = 512;
// Rectangles grow no further than a band of two tiles over a wide picture: one palette has to do
// for all of a rectangle.
constexpr std::int64_t largest_area = 2 * tile_side * 1280;

// Adds the differing bits of a row of a tile to those of the rows before. `width` is a constant
// where this is called for a whole tile, which makes the loop a few vector instructions.
inline std::uint32_t differing_bits(const std::uint32_t* a, const std::uint32_t* b, int width,
                                    std::uint32_t* columns) {
    std::uint32_t row = 0;
    for (int x = 0; x < width; ++x) {
        const std::uint32_t difference = (a[x] ^ b[x]) & colour_mask;
        columns[x] |= difference;
        row |= difference;
    }
    return row;
}

// What differs in one tile.
struct Difference {
    std::array<std::uint32_t, tile_side> columns{};  // the differing bits of each
    int first_row = -1;                              // -1: nothing differs
    int last_row = -1;
};

// Row `y` of the tile.
void compare_row(const Canvas& before, const Image& now, const Rectangle& tile, int y,
                 Difference& difference) {
    const std::uint32_t* a = before.at(tile.x, tile.y + y);
    const std::uint32_t* b =
        now.pixels.data() + static_cast<std::ptrdiff_t>(tile.y + y) * now.width + tile.x;
    std::uint32_t* columns = difference.columns.data();
    const std::uint32_t bits = tile.width == tile_side ? differing_bits(a, b, tile_side, columns)
                                                       : differing_bits(a, b, tile.width, columns);
    if (bits == 0) return;
    if (difference.first_row < 0) difference.first_row = y;
    difference.last_row = y;
}

Rectangle part_of(const Difference& difference, const Rectangle& tile) {
    const auto changed = [](std::uint32_t column) { return column != 0; };
    const auto& columns = difference.columns;
    const auto first = std::find_if(columns.begin(), columns.end(), changed);
    const auto last = std::find_if(columns.rbegin(), columns.rend(), changed);
    const auto left = static_cast<int>(first - columns.begin());
    const auto right = static_cast<int>(columns.rend() - last);
    return {tile.x + left, tile.y + difference.first_row, right - left,
            difference.last_row - difference.first_row + 1};
}

bool should_join(const Rectangle& a, const Rectangle& b) {
    const std::int64_t joined = area(around(a, b));
    return joined <= largest_area && joined <= area(a) + area(b) + join_slack;
}

}  // namespace

TileSet::TileSet(int width, int height)
    : width_(width),
      height_(height),
      columns_((width + tile_side - 1) / tile_side),
      rows_((height + tile_side - 1) / tile_side),
      tiles_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_), 0) {}

void TileSet::add(const Rectangle& rectangle) {
    const int left = std::max(rectangle.x, 0);
    const int top = std::max(rectangle.y, 0);
    const auto right = std::min<std::int64_t>(std::int64_t{rectangle.x} + rectangle.width, width_);
    const auto bottom =
        std::min<std::int64_t>(std::int64_t{rectangle.y} + rectangle.height, height_);
    if (left >= right || top >= bottom) return;
    for (int row = top / tile_side; row * tile_side < bottom; ++row) {
        for (int column = left / tile_side; column * tile_side < right; ++column) {
            tiles_[index(column, row)] = 1;
        }
    }
}

std::vector<Rectangle> TileSet::row(int number) const {
    std::vector<Rectangle> tiles;
    const int y = number * tile_side;
    for (int column = 0; column < columns_; ++column) {
        if (tiles_[index(column, number)] == 0) continue;
        const int x = column * tile_side;
        tiles.push_back({x, y, std::min(tile_side, width_ - x), std::min(tile_side, height_ - y)});
    }
    return tiles;
}

std::vector<Rectangle> TileSet::rectangles() const {
    std::vector<Rectangle> all;
    for (int number = 0; number < rows_; ++number) {
        const auto tiles = row(number);
        all.insert(all.end(), tiles.begin(), tiles.end());
    }
    return all;
}

Rectangle around(const Rectangle& a, const Rectangle& b) {
    const int x = std::min(a.x, b.x);
    const int y = std::min(a.y, b.y);
    return {x, y, std::max(a.x + a.width, b.x + b.width) - x,
            std::max(a.y + a.height, b.y + b.height) - y};
}

std::vector<Rectangle> changed_parts(const Canvas& before, const Image& now, const TileSet& tiles) {
    std::vector<Rectangle> parts;
    std::vector<Difference> differences;
    for (int row = 0; row < tiles.rows(); ++row) {
        const auto looked_at = tiles.row(row);
        differences.assign(looked_at.size(), Difference{});
        // Row of pixels by row of pixels, as they lie in memory, through all tiles side by side.
        const int height = looked_at.empty() ? 0 : looked_at.front().height;
        for (int y = 0; y < height; ++y) {
            for (std::size_t i = 0; i < looked_at.size(); ++i) {
                compare_row(before, now, looked_at[i], y, differences[i]);
            }
        }
        for (std::size_t i = 0; i < looked_at.size(); ++i) {
            if (differences[i].first_row >= 0) {
                parts.push_back(part_of(differences[i], looked_at[i]));
            }
        }
    }
    return parts;
}

std::vector<Rectangle> join(std::span<const Rectangle> parts) {
    std::vector<Rectangle> joined;
    std::size_t above = 0;    // the rectangles of the row of tiles before begin here
    std::size_t current = 0;  // those of the present row
    int row = -1;
    for (std::size_t i = 0; i < parts.size();) {
        // Along the row first.
        Rectangle run = parts[i];
        const int run_row = run.y / tile_side;
        for (++i; i < parts.size() && parts[i].y / tile_side == run_row; ++i) {
            if (!should_join(run, parts[i])) break;
            run = around(run, parts[i]);
        }
        if (run_row != row) {
            above = run_row == row + 1 ? current : joined.size();
            current = joined.size();
            row = run_row;
        }
        // Then with one that ends in the row above, which thereby moves to this row.
        const auto begin = joined.begin() + static_cast<std::ptrdiff_t>(above);
        const auto end = joined.begin() + static_cast<std::ptrdiff_t>(current);
        const auto found = std::find_if(
            begin, end, [&](const Rectangle& candidate) { return should_join(candidate, run); });
        if (found != end) {
            run = around(*found, run);
            joined.erase(found);
            --current;
        }
        joined.push_back(run);
    }
    return joined;
}

}  // namespace shoji::encode
