// A region of a picture as strips of lines, each line's pixels reduced to a number: equal lines
// have equal numbers; unequal ones nearly always have not.
#pragma once

#include "screen/encode/encode.h"

#include <cstdint>
#include <span>
#include <vector>

namespace shoji::encode {

inline constexpr int strip_breadth = 64;  // pixels of a line in one strip

enum class Axis {
    rows,    // lines are rows, strips lie side by side: what moves up or down
    columns  // lines are columns, strips lie below each other: what moves left or right
};

// A strip is read when it is first asked for.
class LineHashes {
  public:
    // `pixels`: a whole picture whose rows have `stride` pixels; it must outlive this.
    // Precondition: `region` is inside.
    LineHashes(const std::uint32_t* pixels, int stride, const Rectangle& region, Axis axis);
    [[nodiscard]] int lines() const { return lines_; }
    [[nodiscard]] int strips() const { return static_cast<int>(hashes_.size()); }
    // One number a line.
    std::span<const std::uint32_t> strip(int number);

  private:
    [[nodiscard]] std::vector<std::uint32_t> read_rows(int strip) const;
    [[nodiscard]] std::vector<std::uint32_t> read_columns(int strip) const;

    const std::uint32_t* pixels_;  // of the region's upper left corner
    int stride_;
    Rectangle region_;
    Axis axis_;
    int lines_;
    std::vector<std::vector<std::uint32_t>> hashes_;
};

// The pixels of lines [first, last) of strips [left, right) of the region.
Rectangle rectangle_of(const Rectangle& region, Axis axis, int first, int last, int left,
                       int right);

// Finds lines of one strip by their hash.
class LineIndex {
  public:
    explicit LineIndex(int lines);
    // Returns how many lines have a hash that no other has.
    int fill(std::span<const std::uint32_t> hashes);
    // The line that alone has this hash; -1: none, or several.
    [[nodiscard]] int find(std::uint32_t hash) const;

  private:
    struct Slot {
        std::uint32_t hash = 0;
        std::int32_t line = empty;
    };
    static constexpr std::int32_t empty = -1;
    static constexpr std::int32_t several = -2;

    [[nodiscard]] std::size_t slot_of(std::uint32_t hash) const;

    std::vector<Slot> slots_;  // a power of two, at most half full
};

}  // namespace shoji::encode
