#include "screen/encode/line_hashes.h"

#include "screen/encode/canvas.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace shoji::encode {
namespace {

constexpr std::uint64_t multiplier = 0x9e3779b97f4a7c15;  // 2^64 over the golden ratio: odd, mixed

std::uint32_t finish(std::uint64_t hash) {
    return static_cast<std::uint32_t>((hash ^ (hash >> 29)) * multiplier >> 32);
}

// Two independent chains, since each multiplication waits for the one before in its chain.
std::uint32_t hash_row(const std::uint32_t* pixels, int count) {
    constexpr std::uint64_t both = (std::uint64_t{colour_mask} << 32) | colour_mask;
    std::uint64_t even = 1;
    std::uint64_t odd = 2;
    int x = 0;
    for (; x + 4 <= count; x += 4) {
        std::uint64_t first = 0;
        std::uint64_t second = 0;
        std::memcpy(&first, pixels + x, sizeof first);
        std::memcpy(&second, pixels + x + 2, sizeof second);
        even = std::rotl((even ^ (first & both)) * multiplier, 31);
        odd = std::rotl((odd ^ (second & both)) * multiplier, 29);
    }
    for (; x < count; ++x) even = std::rotl((even ^ (pixels[x] & colour_mask)) * multiplier, 31);
    return finish(even ^ std::rotl(odd, 17));
}

}  // namespace

LineHashes::LineHashes(const std::uint32_t* pixels, int stride, const Rectangle& region, Axis axis)
    : pixels_(pixels + static_cast<std::ptrdiff_t>(region.y) * stride + region.x),
      stride_(stride),
      region_(region),
      axis_(axis),
      lines_(axis == Axis::rows ? region.height : region.width) {
    const int breadth = axis == Axis::rows ? region.width : region.height;
    hashes_.resize(static_cast<std::size_t>((breadth + strip_breadth - 1) / strip_breadth));
}

std::span<const std::uint32_t> LineHashes::strip(int number) {
    auto& hashes = hashes_[static_cast<std::size_t>(number)];
    if (hashes.empty()) hashes = axis_ == Axis::rows ? read_rows(number) : read_columns(number);
    return hashes;
}

std::vector<std::uint32_t> LineHashes::read_rows(int strip) const {
    const int x = strip * strip_breadth;
    const int count = std::min(strip_breadth, region_.width - x);
    std::vector<std::uint32_t> hashes;
    hashes.reserve(static_cast<std::size_t>(lines_));
    const std::uint32_t* row = pixels_ + x;
    for (int y = 0; y < lines_; ++y, row += stride_) hashes.push_back(hash_row(row, count));
    return hashes;
}

// Rows are read as they lie in memory; each adds one pixel to the hash of every column.
std::vector<std::uint32_t> LineHashes::read_columns(int strip) const {
    const auto lines = static_cast<std::size_t>(lines_);
    std::vector<std::uint32_t> result(lines, 1);
    std::uint32_t* hashes = result.data();
    const int begin = strip * strip_breadth;
    const int end = std::min(begin + strip_breadth, region_.height);
    const std::uint32_t* row = pixels_ + static_cast<std::ptrdiff_t>(begin) * stride_;
    for (int y = begin; y < end; ++y, row += stride_) {
        for (std::size_t x = 0; x < lines; ++x) {
            // Times 33: without a multiplication, which plain SSE2 lacks.
            const std::uint32_t hash = (hashes[x] << 5) + hashes[x] + (row[x] & colour_mask);
            hashes[x] = hash ^ (hash >> 15);
        }
    }
    return result;
}

Rectangle rectangle_of(const Rectangle& region, Axis axis, int first, int last, int left,
                       int right) {
    const int breadth = axis == Axis::rows ? region.width : region.height;
    const int begin = left * strip_breadth;
    const int end = std::min(right * strip_breadth, breadth);
    if (axis == Axis::rows) {
        return {region.x + begin, region.y + first, end - begin, last - first};
    }
    return {region.x + first, region.y + begin, last - first, end - begin};
}

LineIndex::LineIndex(int lines) : slots_(std::bit_ceil(2 * static_cast<std::size_t>(lines))) {}

std::size_t LineIndex::slot_of(std::uint32_t hash) const {
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot].line != empty && slots_[slot].hash != hash) {
        slot = (slot + 1) & (slots_.size() - 1);
    }
    return slot;
}

int LineIndex::fill(std::span<const std::uint32_t> hashes) {
    std::fill(slots_.begin(), slots_.end(), Slot{});
    int alone = 0;
    for (std::size_t line = 0; line < hashes.size(); ++line) {
        Slot& slot = slots_[slot_of(hashes[line])];
        if (slot.line == empty) {
            slot = {hashes[line], static_cast<std::int32_t>(line)};
            ++alone;
        } else if (slot.line != several) {
            slot.line = several;
            --alone;
        }
    }
    return alone;
}

int LineIndex::find(std::uint32_t hash) const {
    return std::max(slots_[slot_of(hash)].line, empty);
}

}  // namespace shoji::encode
