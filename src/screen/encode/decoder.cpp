#include "screen/encode/canvas.h"
#include "screen/encode/compressor.h"
#include "screen/encode/decode.h"

#include <algorithm>

namespace shoji::encode {
namespace {

using Bytes = std::span<const std::uint8_t>;

std::uint32_t colour_at(Bytes bytes, std::size_t number) {
    return (std::uint32_t{bytes[3 * number]} << 16) | (std::uint32_t{bytes[3 * number + 1]} << 8) |
           bytes[3 * number + 2];
}

// `colour_of(n)`: of the rectangle's pixel n, row by row.
template <class Colour>
void fill(Canvas& canvas, const wire::Rectangle& rectangle, Colour colour_of) {
    std::size_t number = 0;
    for (int y = rectangle.y; y < rectangle.y + rectangle.height; ++y) {
        std::uint32_t* row = canvas.at(rectangle.x, y);
        for (int x = 0; x < rectangle.width; ++x) row[x] = colour_of(number++);
    }
}

// `bytes`: those of this rectangle, as many as wire::raw_bytes() says.
base::Result<void> draw(Canvas& canvas, const wire::Rectangle& rectangle, Bytes bytes) {
    switch (rectangle.kind) {
        case wire::RectangleKind::copy:
            canvas.copy(rectangle.x, rectangle.y, rectangle.width, rectangle.height,
                        rectangle.from_x, rectangle.from_y);
            break;
        case wire::RectangleKind::colours:
            fill(canvas, rectangle, [&](std::size_t number) { return colour_at(bytes, number); });
            break;
        case wire::RectangleKind::palette: {
            const Bytes numbers = bytes.subspan(std::size_t{3} * rectangle.colours);
            if (*std::max_element(numbers.begin(), numbers.end()) >= rectangle.colours) {
                return base::fail(base::ErrorKind::invalid, "a pixel past the palette's colours");
            }
            fill(canvas, rectangle,
                 [&](std::size_t number) { return colour_at(bytes, numbers[number]); });
            break;
        }
        case wire::RectangleKind::solid:
            fill(canvas, rectangle, [&](std::size_t) { return colour_at(bytes, 0); });
            break;
    }
    return {};
}

}  // namespace

struct Decoder::State {
    Canvas canvas;
    Decompressor decompressor;
};

Decoder::Decoder() : state_(std::make_unique<State>()) {}
Decoder::~Decoder() = default;

const Canvas& Decoder::picture() const {
    return state_->canvas;
}

base::Result<void> Decoder::apply(const wire::Frame& part) {
    Canvas& canvas = state_->canvas;
    if (part.fresh) canvas.reset(part.width, part.height);
    if (part.width != canvas.width() || part.height != canvas.height()) {
        return base::fail(base::ErrorKind::invalid, "a frame of another size");
    }
    auto raw = state_->decompressor.decompress(part.body, part.raw);
    if (!raw) return base::Failure(raw.error());
    std::size_t offset = 0;
    for (const wire::Rectangle& rectangle : part.rectangles) {
        const auto length = static_cast<std::size_t>(raw_bytes(rectangle));
        if (auto drawn = draw(canvas, rectangle, raw->subspan(offset, length)); !drawn) {
            return drawn;
        }
        offset += length;
    }
    return {};
}

}  // namespace shoji::encode
