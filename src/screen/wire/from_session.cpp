// Session to viewer: types 0x01 to 0x07.
#include "screen/wire/fields.h"
#include "screen/wire/wire.h"

namespace shoji::wire {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::Result;

constexpr std::uint8_t first_flag = 1;
constexpr std::uint8_t last_flag = 2;
constexpr std::uint8_t fresh_flag = 4;

template <class Message>
Result<FromSession> finished(const Fields& fields, Message message) {
    if (auto whole = fields.finish(); !whole) return base::Failure(whole.error());
    return FromSession(std::move(message));
}

Result<FromSession> read_welcome(ByteReader& reader) {
    Fields fields("welcome", reader);
    const auto version = fields.number("version", protocol_version, protocol_version);
    return finished(fields, Welcome{version});
}

// Not empty, and inside the frame.
bool lies_inside(const Frame& frame, std::uint16_t x, std::uint16_t y, const Rectangle& size) {
    return size.width > 0 && size.height > 0 && x < frame.width && y < frame.height &&
           size.width <= frame.width - x && size.height <= frame.height - y;
}

Rectangle read_rectangle(Fields& fields, const Frame& frame) {
    Rectangle rectangle;
    constexpr auto last_kind = static_cast<std::uint8_t>(RectangleKind::solid);
    rectangle.kind = RectangleKind{fields.number<std::uint8_t>("rectangle kind", 0, last_kind)};
    rectangle.x = fields.number<std::uint16_t>("rectangle x");
    rectangle.y = fields.number<std::uint16_t>("rectangle y");
    rectangle.width = fields.number<std::uint16_t>("rectangle width");
    rectangle.height = fields.number<std::uint16_t>("rectangle height");
    fields.require("rectangle", lies_inside(frame, rectangle.x, rectangle.y, rectangle));
    if (rectangle.kind == RectangleKind::copy) {
        rectangle.from_x = fields.number<std::uint16_t>("copy from x");
        rectangle.from_y = fields.number<std::uint16_t>("copy from y");
        fields.require("copy's source",
                       lies_inside(frame, rectangle.from_x, rectangle.from_y, rectangle));
    } else if (rectangle.kind == RectangleKind::palette) {
        const auto less_one = fields.number<std::uint8_t>("palette colours");
        rectangle.colours = static_cast<std::uint16_t>(less_one + 1);
    }
    return rectangle;
}

void read_rectangles(Fields& fields, Frame& frame) {
    const auto count = fields.number<std::uint16_t>("count", 0, maximum_rectangles);
    frame.rectangles.reserve(count);
    std::uint64_t area = 0;
    std::uint64_t raw = 0;
    for (std::size_t i = 0; i < count && fields.ok(); ++i) {
        const Rectangle rectangle = read_rectangle(fields, frame);
        area += std::uint64_t{rectangle.width} * rectangle.height;
        raw += raw_bytes(rectangle);
        frame.rectangles.push_back(rectangle);
    }
    const std::uint64_t whole = std::uint64_t{frame.width} * frame.height;
    fields.require("sum of the rectangles' areas", area <= maximum_cover * whole);
    frame.raw = fields.number<std::uint32_t>("raw", 0, maximum_raw);
    fields.require("raw", frame.raw == raw);
}

Result<FromSession> read_frame(ByteReader& reader) {
    Fields fields("frame", reader);
    Frame frame;
    frame.serial = fields.number<std::uint32_t>("serial", 1, UINT32_MAX);
    frame.width = fields.number("width", minimum_side, maximum_side);
    frame.height = fields.number("height", minimum_side, maximum_side);
    const auto flags = fields.number<std::uint8_t>("flags", 0, first_flag | last_flag | fresh_flag);
    frame.first = (flags & first_flag) != 0;
    frame.last = (flags & last_flag) != 0;
    frame.fresh = (flags & fresh_flag) != 0;
    fields.require("flags", frame.first || !frame.fresh);
    if (fields.ok()) read_rectangles(fields, frame);
    frame.body = reader.read_bytes(reader.remaining());
    fields.require("body", frame.body.empty() == (frame.raw == 0));
    return finished(fields, std::move(frame));
}

Result<FromSession> read_cursor(ByteReader& reader) {
    Fields fields("cursor", reader);
    const auto shape = fields.number<std::uint8_t>("shape", 0, maximum_cursor);
    return finished(fields, Cursor{shape});
}

Result<FromSession> read_caret(ByteReader& reader) {
    Fields fields("caret", reader);
    Caret caret;
    caret.x = fields.number<std::uint16_t>("x", 0, maximum_side - 1);
    caret.y = fields.number<std::uint16_t>("y", 0, maximum_side - 1);
    caret.width = fields.number<std::uint16_t>("width", 0, maximum_side);
    caret.height = fields.number<std::uint16_t>("height", 0, maximum_side);
    return finished(fields, caret);
}

Result<FromSession> read_text_input(ByteReader& reader) {
    Fields fields("text input", reader);
    TextInput input;
    input.enabled = fields.flag("enabled");
    input.purpose = fields.number<std::uint8_t>("purpose", 0, maximum_purpose);
    return finished(fields, input);
}

Result<FromSession> read_windows(ByteReader& reader) {
    Fields fields("windows", reader);
    Windows windows;
    windows.count = fields.number<std::uint8_t>("count");
    windows.full_screen = fields.flag("full screen");
    return finished(fields, windows);
}

Result<FromSession> read_pong(ByteReader& reader) {
    Fields fields("pong", reader);
    const auto token = fields.number<std::uint32_t>("token");
    return finished(fields, Pong{token});
}

struct Writer {
    ByteWriter out;

    void operator()(const Welcome& welcome) {
        out.write<std::uint8_t>(0x01);
        out.write(welcome.version);
    }
    void operator()(const Frame& frame) {
        out.write<std::uint8_t>(0x02);
        out.write(frame.serial);
        out.write(frame.width);
        out.write(frame.height);
        const int flags = (frame.first ? first_flag : 0) | (frame.last ? last_flag : 0) |
                          (frame.fresh ? fresh_flag : 0);
        out.write(static_cast<std::uint8_t>(flags));
        out.write(static_cast<std::uint16_t>(frame.rectangles.size()));
        for (const Rectangle& rectangle : frame.rectangles) write(rectangle);
        out.write(frame.raw);
        out.write_bytes(frame.body);
    }
    void write(const Rectangle& rectangle) {
        out.write(static_cast<std::uint8_t>(rectangle.kind));
        out.write(rectangle.x);
        out.write(rectangle.y);
        out.write(rectangle.width);
        out.write(rectangle.height);
        if (rectangle.kind == RectangleKind::copy) {
            out.write(rectangle.from_x);
            out.write(rectangle.from_y);
        } else if (rectangle.kind == RectangleKind::palette) {
            out.write(static_cast<std::uint8_t>(rectangle.colours - 1));
        }
    }
    void operator()(const Cursor& cursor) {
        out.write<std::uint8_t>(0x03);
        out.write(cursor.shape);
    }
    void operator()(const Caret& caret) {
        out.write<std::uint8_t>(0x04);
        out.write(caret.x);
        out.write(caret.y);
        out.write(caret.width);
        out.write(caret.height);
    }
    void operator()(const TextInput& input) {
        out.write<std::uint8_t>(0x05);
        out.write<std::uint8_t>(input.enabled ? 1 : 0);
        out.write(input.purpose);
    }
    void operator()(const Windows& windows) {
        out.write<std::uint8_t>(0x06);
        out.write(windows.count);
        out.write<std::uint8_t>(windows.full_screen ? 1 : 0);
    }
    void operator()(const Pong& pong) {
        out.write<std::uint8_t>(0x07);
        out.write(pong.token);
    }
};

}  // namespace

std::uint64_t raw_bytes(const Rectangle& rectangle) {
    const std::uint64_t area = std::uint64_t{rectangle.width} * rectangle.height;
    switch (rectangle.kind) {
        case RectangleKind::copy:
            return 0;
        case RectangleKind::colours:
            return 3 * area;
        case RectangleKind::palette:
            return 3 * std::uint64_t{rectangle.colours} + area;
        case RectangleKind::solid:
            break;
    }
    return 3;
}

Result<FromSession> decode_from_session(std::span<const std::uint8_t> message) {
    if (message.empty() || message.size() > maximum_from_session) {
        return base::fail(base::ErrorKind::invalid, "a message of {} bytes; 1 to {} are allowed",
                          message.size(), maximum_from_session);
    }
    ByteReader reader(message);
    const auto type = reader.read<std::uint8_t>();
    switch (type) {
        case 0x01:
            return read_welcome(reader);
        case 0x02:
            return read_frame(reader);
        case 0x03:
            return read_cursor(reader);
        case 0x04:
            return read_caret(reader);
        case 0x05:
            return read_text_input(reader);
        case 0x06:
            return read_windows(reader);
        case 0x07:
            return read_pong(reader);
        default:
            return base::fail(base::ErrorKind::invalid,
                              "no message from the session has the type {:#04x}", type);
    }
}

std::vector<std::uint8_t> encode(const FromSession& message) {
    Writer writer;
    std::visit(writer, message);
    return writer.out.take();
}

}  // namespace shoji::wire
