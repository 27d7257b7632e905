#include "screen/encode/canvas.h"
#include "screen/encode/compressor.h"
#include "screen/encode/difference.h"
#include "screen/encode/encode.h"
#include "screen/encode/frame_writer.h"
#include "screen/encode/palette.h"
#include "screen/encode/scroll.h"

#include <algorithm>

namespace shoji::encode {
namespace {

// Changes smaller than this are sent sooner than a scroll is looked for.
constexpr std::int64_t smallest_scroll = std::int64_t{128} * 128;

// Splitting ends here: what still has over 256 colours is a picture, sent as it is.
constexpr std::int64_t smallest_split = 1024;

std::int64_t total_area(std::span<const Rectangle> rectangles) {
    std::int64_t sum = 0;
    for (const Rectangle& rectangle : rectangles) sum += area(rectangle);
    return sum;
}

Rectangle around_all(std::span<const Rectangle> rectangles) {
    Rectangle all = rectangles.front();
    for (const Rectangle& rectangle : rectangles) all = around(all, rectangle);
    return all;
}

void append_colours(const Image& image, const Rectangle& rectangle,
                    std::vector<std::uint8_t>& out) {
    for (int y = rectangle.y; y < rectangle.y + rectangle.height; ++y) {
        const std::uint32_t* row =
            image.pixels.data() + static_cast<std::ptrdiff_t>(y) * image.width + rectangle.x;
        for (int x = 0; x < rectangle.width; ++x) {
            out.push_back(static_cast<std::uint8_t>(row[x] >> 16));
            out.push_back(static_cast<std::uint8_t>(row[x] >> 8));
            out.push_back(static_cast<std::uint8_t>(row[x]));
        }
    }
}

bool is_solid(const Image& image, const Rectangle& rectangle) {
    const std::uint32_t* row =
        image.pixels.data() + static_cast<std::ptrdiff_t>(rectangle.y) * image.width + rectangle.x;
    const std::uint32_t colour = row[0] & colour_mask;
    for (int y = 0; y < rectangle.height; ++y, row += image.width) {
        const bool same = std::all_of(row, row + rectangle.width, [&](std::uint32_t pixel) {
            return (pixel & colour_mask) == colour;
        });
        if (!same) return false;
    }
    return true;
}

}  // namespace

struct Encoder::State {
    Canvas sent;
    std::uint32_t serial = 0;
    Compressor compressor;
    Palette palette;
    std::vector<std::uint8_t> buffer;

    // What has moved is copied in the viewer, and in `sent`; returns what then differs.
    std::vector<Rectangle> copy_moves(const Image& image, const TileSet& tiles,
                                      std::vector<Rectangle> parts, FrameWriter& writer);
    void add(const Image& image, const Rectangle& rectangle, FrameWriter& writer);
    void keep(const Image& image, const Rectangle& rectangle);
};

std::vector<Rectangle> Encoder::State::copy_moves(const Image& image, const TileSet& tiles,
                                                  std::vector<Rectangle> parts,
                                                  FrameWriter& writer) {
    if (total_area(parts) < smallest_scroll) return parts;
    const auto moves = find_moves(sent, image, around_all(parts));
    if (moves.empty()) return parts;
    TileSet touched = tiles;
    for (const Move& move : moves) {
        writer.copy(move);
        sent.copy(move.to.x, move.to.y, move.to.width, move.to.height, move.from_x, move.from_y);
        touched.add(move.to);
    }
    return changed_parts(sent, image, touched);
}

void Encoder::State::add(const Image& image, const Rectangle& rectangle, FrameWriter& writer) {
    using wire::RectangleKind;
    if (is_solid(image, rectangle)) {
        append_colours(image, {rectangle.x, rectangle.y, 1, 1}, writer.body());
        writer.add(RectangleKind::solid, rectangle, 0);
    } else if (const auto colours = palette.append(image, rectangle, writer.body()); colours > 0) {
        writer.add(RectangleKind::palette, rectangle, colours);
    } else if (area(rectangle) <= smallest_split) {
        append_colours(image, rectangle, writer.body());
        writer.add(RectangleKind::colours, rectangle, 0);
    } else {
        Rectangle first = rectangle;
        Rectangle second = rectangle;
        if (rectangle.width > rectangle.height) {
            first.width /= 2;
            second.x += first.width;
            second.width -= first.width;
        } else {
            first.height /= 2;
            second.y += first.height;
            second.height -= first.height;
        }
        add(image, first, writer);
        add(image, second, writer);
    }
}

void Encoder::State::keep(const Image& image, const Rectangle& rectangle) {
    for (int y = rectangle.y; y < rectangle.y + rectangle.height; ++y) {
        const std::uint32_t* row =
            image.pixels.data() + static_cast<std::ptrdiff_t>(y) * image.width + rectangle.x;
        std::transform(row, row + rectangle.width, sent.at(rectangle.x, y),
                       [](std::uint32_t pixel) { return pixel & colour_mask; });
    }
}

Encoder::Encoder() : state_(std::make_unique<State>()) {}
Encoder::~Encoder() = default;

std::uint32_t Encoder::serial() const {
    return state_->serial;
}

std::vector<std::vector<std::uint8_t>> Encoder::encode(const Image& image,
                                                       std::span<const Rectangle> damage) {
    State& state = *state_;
    const bool fresh = image.width != state.sent.width() || image.height != state.sent.height();
    TileSet tiles(image.width, image.height);
    std::vector<Rectangle> parts;
    if (fresh) {
        state.sent.reset(image.width, image.height);
        tiles.add({0, 0, image.width, image.height});
        parts = tiles.rectangles();
    } else {
        for (const Rectangle& rectangle : damage) tiles.add(rectangle);
        parts = changed_parts(state.sent, image, tiles);
        if (parts.empty()) return {};
    }
    const FrameHead head{++state.serial, image.width, image.height, fresh};
    FrameWriter writer(head, state.compressor, state.buffer);
    if (!fresh) parts = state.copy_moves(image, tiles, std::move(parts), writer);
    for (const Rectangle& rectangle : join(parts)) {
        state.add(image, rectangle, writer);
        state.keep(image, rectangle);
    }
    return writer.finish();
}

}  // namespace shoji::encode
