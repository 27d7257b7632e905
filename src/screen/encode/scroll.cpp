#include "screen/encode/scroll.h"

#include "screen/encode/line_hashes.h"

#include <algorithm>
#include <optional>

namespace shoji::encode {
namespace {

constexpr std::size_t maximum_moves = 8;
constexpr std::size_t maximum_tries = 12;
// The distance is looked for in so many strips, evenly spread.
constexpr int sampled_strips = 7;
// So many of the lines that occur once must agree on a distance, else nothing scrolled: 1 in 8.
constexpr int vote_share = 8;
// A move must save at least so many pixels that changed.
constexpr std::int64_t minimum_gain = 4096;

// The distance by which most lines that occur once moved: now[i] is before[i + distance].
std::optional<int> distance_of(LineHashes& before, LineHashes& now) {
    const int lines = before.lines();
    std::vector<int> votes(2 * static_cast<std::size_t>(lines), 0);
    int voters = 0;
    LineIndex index(lines);
    const int step = std::max(1, before.strips() / sampled_strips);
    for (int strip = step / 2; strip < before.strips(); strip += step) {
        voters += index.fill(before.strip(strip));
        const auto present = now.strip(strip);
        for (int line = 0; line < lines; ++line) {
            const int old_line = index.find(present[static_cast<std::size_t>(line)]);
            if (old_line >= 0) ++votes[static_cast<std::size_t>(old_line - line + lines)];
        }
    }
    votes[static_cast<std::size_t>(lines)] = 0;  // what stayed where it was
    const auto best = std::max_element(votes.begin(), votes.end());
    const std::int64_t pixels = std::int64_t{*best} * step * strip_breadth;
    if (pixels < minimum_gain || *best < voters / vote_share) return std::nullopt;
    return static_cast<int>(best - votes.begin()) - lines;
}

// Lines [first, last) of strips [left, right).
struct Block {
    int first = 0;
    int last = 0;
    int left = 0;
    int right = 0;
    [[nodiscard]] int cells() const { return (last - first) * (right - left); }
};

// Which cells (a line of a strip) of the present picture are found `distance` lines further in the
// one before.
class Matches {
  public:
    Matches(LineHashes& before, LineHashes& now, int distance)
        : lines_(now.lines()), strips_(now.strips()) {
        cells_.assign(static_cast<std::size_t>(lines_) * static_cast<std::size_t>(strips_), 0);
        const int first = std::max(0, -distance);
        const int last = std::min(lines_, lines_ - distance);
        for (int strip = 0; strip < strips_; ++strip) {
            const auto old = before.strip(strip);
            const auto present = now.strip(strip);
            for (int line = first; line < last; ++line) {
                cell(line, strip) = present[static_cast<std::size_t>(line)] ==
                                            old[static_cast<std::size_t>(line + distance)]
                                        ? 1
                                        : 0;
            }
        }
    }

    // The block of the most cells, all of them matching: for each line the largest rectangle under
    // the heights of the runs of matches that end there, by a stack of rising heights.
    [[nodiscard]] Block largest() {
        Block best;
        std::vector<int> heights(static_cast<std::size_t>(strips_) + 1, 0);  // the last stays 0
        std::vector<int> rising;  // where a height began that is higher than those before
        for (int line = 0; line < lines_; ++line) {
            for (int strip = 0; strip <= strips_; ++strip) {
                int& height = heights[static_cast<std::size_t>(strip)];
                height = strip < strips_ && cell(line, strip) != 0 ? height + 1 : 0;
                while (!rising.empty() &&
                       heights[static_cast<std::size_t>(rising.back())] >= height) {
                    const int ended = heights[static_cast<std::size_t>(rising.back())];
                    rising.pop_back();
                    const int left = rising.empty() ? 0 : rising.back() + 1;
                    if (ended * (strip - left) > best.cells()) {
                        best = {line + 1 - ended, line + 1, left, strip};
                    }
                }
                rising.push_back(strip);
            }
            rising.clear();
        }
        return best;
    }
    void clear(const Block& block) {
        for (int line = block.first; line < block.last; ++line) {
            for (int strip = block.left; strip < block.right; ++strip) cell(line, strip) = 0;
        }
    }

  private:
    std::uint8_t& cell(int line, int strip) {
        return cells_[static_cast<std::size_t>(line) * static_cast<std::size_t>(strips_) +
                      static_cast<std::size_t>(strip)];
    }

    int lines_;
    int strips_;
    std::vector<std::uint8_t> cells_;
};

// Pixels of the block that are not in place already.
std::int64_t gain(LineHashes& before, LineHashes& now, const Block& block) {
    std::int64_t changed = 0;
    for (int strip = block.left; strip < block.right; ++strip) {
        const auto old = before.strip(strip);
        const auto present = now.strip(strip);
        for (auto line = static_cast<std::size_t>(block.first);
             line < static_cast<std::size_t>(block.last); ++line) {
            if (old[line] != present[line]) ++changed;
        }
    }
    return changed * strip_breadth;
}

std::vector<Move> moves_along(const Canvas& before, const Image& now, const Rectangle& region,
                              Axis axis) {
    LineHashes old(before.at(0, 0), before.width(), region, axis);
    LineHashes present(now.pixels.data(), now.width, region, axis);
    const auto distance = distance_of(old, present);
    if (!distance) return {};
    Matches matches(old, present, *distance);
    std::vector<Block> blocks;
    for (std::size_t i = 0; i < maximum_tries && blocks.size() < maximum_moves; ++i) {
        const Block block = matches.largest();
        if (std::int64_t{block.cells()} * strip_breadth < minimum_gain) break;
        matches.clear(block);
        if (gain(old, present, block) >= minimum_gain) blocks.push_back(block);
    }
    // What moves towards the beginning is copied from the beginning on, and the reverse.
    std::sort(blocks.begin(), blocks.end(), [&](const Block& a, const Block& b) {
        return *distance > 0 ? a.first < b.first : a.last > b.last;
    });
    std::vector<Move> moves;
    for (const Block& block : blocks) {
        const Rectangle to =
            rectangle_of(region, axis, block.first, block.last, block.left, block.right);
        moves.push_back(axis == Axis::rows ? Move{to, to.x, to.y + *distance}
                                           : Move{to, to.x + *distance, to.y});
    }
    return moves;
}

}  // namespace

std::vector<Move> find_moves(const Canvas& before, const Image& now, const Rectangle& region) {
    auto moves = moves_along(before, now, region, Axis::rows);
    if (moves.empty()) moves = moves_along(before, now, region, Axis::columns);
    return moves;
}

}  // namespace shoji::encode
