#include "screen/encode/frame_writer.h"

namespace shoji::encode {
namespace {

wire::Rectangle wire_rectangle(wire::RectangleKind kind, const Rectangle& rectangle) {
    wire::Rectangle result;
    result.kind = kind;
    result.x = static_cast<std::uint16_t>(rectangle.x);
    result.y = static_cast<std::uint16_t>(rectangle.y);
    result.width = static_cast<std::uint16_t>(rectangle.width);
    result.height = static_cast<std::uint16_t>(rectangle.height);
    return result;
}

}  // namespace

FrameWriter::FrameWriter(const FrameHead& head, Compressor& compressor,
                         std::vector<std::uint8_t>& buffer)
    : compressor_(compressor), raw_(buffer) {
    raw_.clear();
    part_.serial = head.serial;
    part_.width = static_cast<std::uint16_t>(head.width);
    part_.height = static_cast<std::uint16_t>(head.height);
    part_.first = true;
    part_.fresh = head.fresh;
}

void FrameWriter::copy(const Move& move) {
    wire::Rectangle rectangle = wire_rectangle(wire::RectangleKind::copy, move.to);
    rectangle.from_x = static_cast<std::uint16_t>(move.from_x);
    rectangle.from_y = static_cast<std::uint16_t>(move.from_y);
    push(rectangle);
}

void FrameWriter::add(wire::RectangleKind kind, const Rectangle& rectangle, std::size_t colours) {
    wire::Rectangle added = wire_rectangle(kind, rectangle);
    added.colours = static_cast<std::uint16_t>(colours);
    push(added);
}

void FrameWriter::push(const wire::Rectangle& rectangle) {
    if (part_.rectangles.size() == wire::maximum_rectangles || raw_.size() > part_bytes) {
        close_part(false);
    }
    part_.rectangles.push_back(rectangle);
    complete_ = raw_.size();
}

void FrameWriter::close_part(bool last) {
    const auto body = compressor_.compress(std::span(raw_).first(complete_));
    part_.last = last;
    part_.raw = static_cast<std::uint32_t>(complete_);
    part_.body = body;
    messages_.push_back(wire::encode(wire::FromSession(part_)));
    part_.first = false;
    part_.fresh = false;
    part_.rectangles.clear();
    raw_.erase(raw_.begin(), raw_.begin() + static_cast<std::ptrdiff_t>(complete_));
    complete_ = 0;
}

std::vector<std::vector<std::uint8_t>> FrameWriter::finish() {
    close_part(true);
    return std::move(messages_);
}

}  // namespace shoji::encode
