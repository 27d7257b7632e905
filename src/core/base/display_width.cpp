#include "core/base/display_width.h"

#include "core/base/printable.h"

#include <algorithm>
#include <array>

namespace shoji::base {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// The wide blocks that Japanese text uses, and pictographs (Unicode Standard Annex 11,
// EastAsianWidth W and F).
constexpr std::array<Range, 11> wide{{{0x1100, 0x115f},
                                      {0x2e80, 0x303e},
                                      {0x3041, 0x33ff},
                                      {0x3400, 0x4dbf},
                                      {0x4e00, 0x9fff},
                                      {0xac00, 0xd7a3},
                                      {0xf900, 0xfaff},
                                      {0xff00, 0xff60},
                                      {0xffe0, 0xffe6},
                                      {0x1f300, 0x1faff},
                                      {0x20000, 0x3fffd}}};

// Marks that stand on the character before them: accents, (han)dakuten, joiners, selectors.
constexpr std::array<Range, 4> combining{
    {{0x300, 0x36f}, {0x3099, 0x309a}, {0x200b, 0x200d}, {0xfe00, 0xfe0f}}};

template <std::size_t Count>
bool is_in(const std::array<Range, Count>& ranges, char32_t point) {
    return std::ranges::any_of(
        ranges, [&](const Range& range) { return point >= range.first && point <= range.last; });
}

}  // namespace

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const char32_t point = take_code_point(text).value_or(U'?');
        if (!is_in(combining, point)) width += is_in(wide, point) ? 2 : 1;
    }
    return width;
}

}  // namespace shoji::base
