// The display protocol, version 1, as docs/wire.md specifies it (normative): its messages, their
// bounds, bytes to messages and back.
//
// Pure: no I/O. A decode accepts exactly what the specification calls a valid message: every bound
// is checked, and nothing follows the last field. What depends on earlier messages (serials, order)
// is in conversation.h. encode() expects values within the bounds: decode(encode(x)) gives x again.
#pragma once

#include "core/base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace shoji::wire {

inline constexpr std::uint16_t protocol_version = 1;
inline constexpr std::size_t maximum_from_session =
    std::size_t{2} * 1024 * 1024;                                          // bytes of a message
inline constexpr std::size_t maximum_from_viewer = std::size_t{8} * 1024;  // bytes of a message
inline constexpr std::uint16_t minimum_side = 64;                          // pixels
inline constexpr std::uint16_t maximum_side = 7680;                        // pixels
inline constexpr std::uint16_t minimum_scale = 60;                         // 1/120
inline constexpr std::uint16_t maximum_scale = 480;                        // 1/120
inline constexpr std::int16_t maximum_wheel = 12000;                       // 1/120 of a notch
inline constexpr std::uint16_t maximum_key = 247;                          // evdev code
inline constexpr std::size_t maximum_text = 4000;                          // bytes of UTF-8
inline constexpr std::size_t maximum_host = 253;                           // bytes
inline constexpr std::uint8_t maximum_cursor = 34;
inline constexpr std::uint8_t maximum_purpose = 13;
inline constexpr std::size_t maximum_rectangles = 4096;  // a part of a frame
inline constexpr std::size_t maximum_colours = 256;
inline constexpr std::uint32_t maximum_raw = 4 * 1024 * 1024;  // bytes of a part, decompressed
// The areas of a part's rectangles together are at most so many times the frame's: it bounds what
// one message can make a viewer do.
inline constexpr std::uint64_t maximum_cover = 4;
inline constexpr int window_log = 22;  // of the zstd stream

// Viewer to session.
struct Hello {
    std::uint16_t version = protocol_version;
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    std::uint16_t scale = 120;
    std::uint8_t layout = 0;  // 0 jp, 1 us
    friend bool operator==(const Hello&, const Hello&) = default;
};
struct Resize {
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    std::uint16_t scale = 120;
    friend bool operator==(const Resize&, const Resize&) = default;
};
struct Ack {
    std::uint32_t serial = 0;
    friend bool operator==(const Ack&, const Ack&) = default;
};
struct Pointer {
    std::uint16_t x = 0;
    std::uint16_t y = 0;
    friend bool operator==(const Pointer&, const Pointer&) = default;
};
struct Button {
    std::uint8_t button = 0;  // 0 left, 1 middle, 2 right, 3 back, 4 forward
    bool pressed = false;
    friend bool operator==(const Button&, const Button&) = default;
};
struct Wheel {
    std::int16_t dx = 0;
    std::int16_t dy = 0;
    friend bool operator==(const Wheel&, const Wheel&) = default;
};
struct Key {
    std::uint16_t code = 0;
    bool pressed = false;
    friend bool operator==(const Key&, const Key&) = default;
};
struct Preedit {
    std::int32_t begin = -1;
    std::int32_t end = -1;
    std::string text;
    friend bool operator==(const Preedit&, const Preedit&) = default;
};
struct Commit {
    std::string text;
    friend bool operator==(const Commit&, const Commit&) = default;
};
struct Focus {
    bool focused = false;
    friend bool operator==(const Focus&, const Focus&) = default;
};
enum class CommandCode : std::uint8_t {
    back = 0,
    forward = 1,
    reload = 2,
    stop = 3,
    zoom_in = 4,
    zoom_out = 5,
    zoom_reset = 6,
    close_window = 7,
    leave_full_screen = 8,
};
struct Command {
    CommandCode command = CommandCode::back;
    friend bool operator==(const Command&, const Command&) = default;
};
struct Ping {
    std::uint32_t token = 0;
    friend bool operator==(const Ping&, const Ping&) = default;
};

// Viewer to gateway: the session never sees it.
struct End {
    friend bool operator==(const End&, const End&) = default;
};

using FromViewer = std::variant<Hello, Resize, Ack, Pointer, Button, Wheel, Key, Preedit, Commit,
                                Focus, Command, Ping, End>;

// Session to viewer.
struct Welcome {
    std::uint16_t version = protocol_version;
    friend bool operator==(const Welcome&, const Welcome&) = default;
};

enum class RectangleKind : std::uint8_t { copy = 0, colours = 1, palette = 2, solid = 3 };
struct Rectangle {
    RectangleKind kind = RectangleKind::solid;
    std::uint16_t x = 0;
    std::uint16_t y = 0;
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    std::uint16_t from_x = 0;   // copy only
    std::uint16_t from_y = 0;   // copy only
    std::uint16_t colours = 0;  // palette only: 1 to 256
    friend bool operator==(const Rectangle&, const Rectangle&) = default;
};
// Bytes that the rectangle has in the decompressed body.
std::uint64_t raw_bytes(const Rectangle& rectangle);

// One part of a frame.
struct Frame {
    std::uint32_t serial = 1;
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    bool first = false;
    bool last = false;
    bool fresh = false;  // the canvas is black before the first rectangle
    std::vector<Rectangle> rectangles{};
    std::uint32_t raw = 0;
    std::span<const std::uint8_t> body{};  // a view: into the message where it was decoded
};
struct Cursor {
    std::uint8_t shape = 1;
    friend bool operator==(const Cursor&, const Cursor&) = default;
};
struct Caret {
    std::uint16_t x = 0;
    std::uint16_t y = 0;
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    friend bool operator==(const Caret&, const Caret&) = default;
};
struct TextInput {
    bool enabled = false;
    std::uint8_t purpose = 0;
    friend bool operator==(const TextInput&, const TextInput&) = default;
};
struct Windows {
    std::uint8_t count = 0;
    bool full_screen = false;
    friend bool operator==(const Windows&, const Windows&) = default;
};
struct Pong {
    std::uint32_t token = 0;
    friend bool operator==(const Pong&, const Pong&) = default;
};

using FromSession = std::variant<Welcome, Frame, Cursor, Caret, TextInput, Windows, Pong>;

// Gateway to viewer. The numbers of `reason` are those of src/screen/control (RefusalReason and
// Reason).
struct Refused {
    std::uint8_t reason = 0;
    std::uint8_t scheme = 0;  // 0 http, 1 https
    std::uint16_t port = 0;
    std::uint32_t times = 1;
    std::string host;
    friend bool operator==(const Refused&, const Refused&) = default;
};
struct Ticket {
    std::array<std::uint8_t, 32> bytes{};
    friend bool operator==(const Ticket&, const Ticket&) = default;
};
inline constexpr std::uint8_t ended_signed_out = 100;
inline constexpr std::uint8_t ended_route_withdrawn = 101;
inline constexpr std::uint8_t ended_taken_over = 102;
inline constexpr std::uint8_t ended_user_removed = 103;
inline constexpr std::uint8_t ended_user_reset = 104;
inline constexpr std::uint8_t ended_sign_in_over = 105;
inline constexpr std::uint8_t ended_terminal_revoked = 106;
struct Ended {
    std::uint8_t reason = 0;
    friend bool operator==(const Ended&, const Ended&) = default;
};
struct Waiting {
    std::uint16_t seconds = 0;
    friend bool operator==(const Waiting&, const Waiting&) = default;
};

using FromGateway = std::variant<Refused, Ticket, Ended, Waiting>;

// An error is of kind `invalid` and names the message and the field, never its content.
base::Result<FromViewer> decode_from_viewer(std::span<const std::uint8_t> message);
base::Result<FromSession> decode_from_session(std::span<const std::uint8_t> message);
base::Result<FromGateway> decode_from_gateway(std::span<const std::uint8_t> message);

std::vector<std::uint8_t> encode(const FromViewer& message);
std::vector<std::uint8_t> encode(const FromSession& message);
std::vector<std::uint8_t> encode(const FromGateway& message);

}  // namespace shoji::wire
