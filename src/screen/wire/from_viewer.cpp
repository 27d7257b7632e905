// Viewer to session and viewer to gateway: types 0x80 to 0x8b and 0xc0.
#include "screen/wire/fields.h"
#include "screen/wire/wire.h"

namespace shoji::wire {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::Result;

template <class Message>
Result<FromViewer> finished(const Fields& fields, Message message) {
    if (auto whole = fields.finish(); !whole) return base::Failure(whole.error());
    return FromViewer(std::move(message));
}

Result<FromViewer> read_hello(ByteReader& reader) {
    Fields fields("hello", reader);
    Hello hello;
    hello.version = fields.number("version", protocol_version, protocol_version);
    hello.width = fields.number("width", minimum_side, maximum_side);
    hello.height = fields.number("height", minimum_side, maximum_side);
    hello.scale = fields.number("scale", minimum_scale, maximum_scale);
    hello.layout = fields.number<std::uint8_t>("layout", 0, 1);
    return finished(fields, hello);
}

Result<FromViewer> read_resize(ByteReader& reader) {
    Fields fields("resize", reader);
    Resize resize;
    resize.width = fields.number("width", minimum_side, maximum_side);
    resize.height = fields.number("height", minimum_side, maximum_side);
    resize.scale = fields.number("scale", minimum_scale, maximum_scale);
    return finished(fields, resize);
}

Result<FromViewer> read_ack(ByteReader& reader) {
    Fields fields("ack", reader);
    const auto serial = fields.number<std::uint32_t>("serial", 1, UINT32_MAX);
    return finished(fields, Ack{serial});
}

Result<FromViewer> read_pointer(ByteReader& reader) {
    Fields fields("pointer", reader);
    Pointer pointer;
    pointer.x = fields.number<std::uint16_t>("x", 0, maximum_side - 1);
    pointer.y = fields.number<std::uint16_t>("y", 0, maximum_side - 1);
    return finished(fields, pointer);
}

Result<FromViewer> read_button(ByteReader& reader) {
    Fields fields("button", reader);
    Button button;
    button.button = fields.number<std::uint8_t>("button", 0, 4);
    button.pressed = fields.flag("pressed");
    return finished(fields, button);
}

Result<FromViewer> read_wheel(ByteReader& reader) {
    Fields fields("wheel", reader);
    constexpr auto most = maximum_wheel;
    Wheel wheel;
    wheel.dx = fields.number<std::int16_t>("dx", -most, most);
    wheel.dy = fields.number<std::int16_t>("dy", -most, most);
    return finished(fields, wheel);
}

Result<FromViewer> read_key(ByteReader& reader) {
    Fields fields("key", reader);
    Key key;
    key.code = fields.number<std::uint16_t>("code", 1, maximum_key);
    key.pressed = fields.flag("pressed");
    return finished(fields, key);
}

bool is_cursor_range(std::int32_t begin, std::int32_t end, std::string_view text) {
    if (begin == -1 && end == -1) return true;
    if (begin < 0 || end < begin) return false;
    return is_character_border(text, static_cast<std::size_t>(begin)) &&
           is_character_border(text, static_cast<std::size_t>(end));
}

Result<FromViewer> read_preedit(ByteReader& reader) {
    Fields fields("preedit", reader);
    Preedit preedit;
    preedit.begin = fields.number<std::int32_t>("begin");
    preedit.end = fields.number<std::int32_t>("end");
    const auto text = fields.text("text", maximum_text);
    fields.require("text", is_plain_text(text, Newlines::forbidden));
    fields.require("cursor", is_cursor_range(preedit.begin, preedit.end, text));
    if (fields.ok()) preedit.text = text;
    return finished(fields, std::move(preedit));
}

Result<FromViewer> read_commit(ByteReader& reader) {
    Fields fields("commit", reader);
    Commit commit;
    const auto text = fields.text("text", maximum_text);
    fields.require("text", is_plain_text(text, Newlines::allowed));
    if (fields.ok()) commit.text = text;
    return finished(fields, std::move(commit));
}

Result<FromViewer> read_focus(ByteReader& reader) {
    Fields fields("focus", reader);
    const bool focused = fields.flag("focused");
    return finished(fields, Focus{focused});
}

Result<FromViewer> read_command(ByteReader& reader) {
    Fields fields("command", reader);
    constexpr auto last = static_cast<std::uint8_t>(CommandCode::leave_full_screen);
    const auto command = fields.number<std::uint8_t>("command", 0, last);
    return finished(fields, Command{static_cast<CommandCode>(command)});
}

Result<FromViewer> read_ping(ByteReader& reader) {
    Fields fields("ping", reader);
    const auto token = fields.number<std::uint32_t>("token");
    return finished(fields, Ping{token});
}

Result<FromViewer> read_end(ByteReader& reader) {
    return finished(Fields("end", reader), End{});
}

struct Writer {
    ByteWriter out;

    void operator()(const Hello& hello) {
        out.write<std::uint8_t>(0x80);
        out.write(hello.version);
        out.write(hello.width);
        out.write(hello.height);
        out.write(hello.scale);
        out.write(hello.layout);
    }
    void operator()(const Resize& resize) {
        out.write<std::uint8_t>(0x81);
        out.write(resize.width);
        out.write(resize.height);
        out.write(resize.scale);
    }
    void operator()(const Ack& ack) {
        out.write<std::uint8_t>(0x82);
        out.write(ack.serial);
    }
    void operator()(const Pointer& pointer) {
        out.write<std::uint8_t>(0x83);
        out.write(pointer.x);
        out.write(pointer.y);
    }
    void operator()(const Button& button) {
        out.write<std::uint8_t>(0x84);
        out.write(button.button);
        out.write<std::uint8_t>(button.pressed ? 1 : 0);
    }
    void operator()(const Wheel& wheel) {
        out.write<std::uint8_t>(0x85);
        out.write(wheel.dx);
        out.write(wheel.dy);
    }
    void operator()(const Key& key) {
        out.write<std::uint8_t>(0x86);
        out.write(key.code);
        out.write<std::uint8_t>(key.pressed ? 1 : 0);
    }
    void operator()(const Preedit& preedit) {
        out.write<std::uint8_t>(0x87);
        out.write(preedit.begin);
        out.write(preedit.end);
        out.write_string(preedit.text);
    }
    void operator()(const Commit& commit) {
        out.write<std::uint8_t>(0x88);
        out.write_string(commit.text);
    }
    void operator()(const Focus& focus) {
        out.write<std::uint8_t>(0x89);
        out.write<std::uint8_t>(focus.focused ? 1 : 0);
    }
    void operator()(const Command& command) {
        out.write<std::uint8_t>(0x8a);
        out.write(static_cast<std::uint8_t>(command.command));
    }
    void operator()(const Ping& ping) {
        out.write<std::uint8_t>(0x8b);
        out.write(ping.token);
    }
    void operator()(const End&) { out.write<std::uint8_t>(0xc0); }
};

}  // namespace

Result<FromViewer> decode_from_viewer(std::span<const std::uint8_t> message) {
    if (message.empty() || message.size() > maximum_from_viewer) {
        return base::fail(base::ErrorKind::invalid, "a message of {} bytes; 1 to {} are allowed",
                          message.size(), maximum_from_viewer);
    }
    ByteReader reader(message);
    const auto type = reader.read<std::uint8_t>();
    switch (type) {
        case 0x80:
            return read_hello(reader);
        case 0x81:
            return read_resize(reader);
        case 0x82:
            return read_ack(reader);
        case 0x83:
            return read_pointer(reader);
        case 0x84:
            return read_button(reader);
        case 0x85:
            return read_wheel(reader);
        case 0x86:
            return read_key(reader);
        case 0x87:
            return read_preedit(reader);
        case 0x88:
            return read_commit(reader);
        case 0x89:
            return read_focus(reader);
        case 0x8a:
            return read_command(reader);
        case 0x8b:
            return read_ping(reader);
        case 0xc0:
            return read_end(reader);
        default:
            return base::fail(base::ErrorKind::invalid,
                              "no message from the viewer has the type {:#04x}", type);
    }
}

std::vector<std::uint8_t> encode(const FromViewer& message) {
    Writer writer;
    std::visit(writer, message);
    return writer.out.take();
}

}  // namespace shoji::wire
