// A headless Wayland compositor for exactly one client, Chromium, over one inherited socket. It
// shows the newest window over the whole output, keeps the composed picture and what changed in it,
// injects the viewer's input, and tells its listener what the viewer must know. Single-threaded:
// everything happens inside dispatch() or a call of the owner.
//
// The client is hostile: every size, handle and count that it sends is bounded here. One that
// breaks the protocol, has too much or does not read what it is sent is disconnected; input that it
// is too slow to read is dropped (releases of keys and buttons never are).
//
// A second window is told that it is full screen, because Chromium shows it with tabs and an
// address field otherwise. For some seconds Chromium then shows a hint over it that Escape, held
// down, leaves full screen, which it does not. Of Chromium's switches only --kiosk and
// --force-app-mode leave the hint out, and both were tried: with either Chromium no longer says
// when the page in the first window wants the whole screen or has enough of it, and without that
// word the viewer cannot offer the way back.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace shoji::compositor {

struct Size {
    int width = 0;
    int height = 0;
    friend bool operator==(const Size&, const Size&) = default;
};

struct Rectangle {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
    friend bool operator==(const Rectangle&, const Rectangle&) = default;
};

// The composed picture: XRGB8888 in native byte order, the X byte undefined; rows without padding.
// Owned by the compositor, valid until the next call that may draw.
struct Picture {
    Size size;
    std::span<const std::uint32_t> pixels;
};

enum class Button : std::uint8_t { left, middle, right, back, forward };
enum class Layout : std::uint8_t { jp, us };
enum class Command : std::uint8_t {
    back,
    forward,
    reload,
    stop,
    zoom_in,
    zoom_out,
    zoom_reset,
    close_window,
    leave_full_screen
};

// Told of changes at the end of dispatch(), or of the owner's call that led to them; several
// changes of a kind may come as one. It may call take_damage(), picture() and allow_frames() from
// there.
class Listener {
  public:
    virtual ~Listener() = default;
    virtual void on_damage() = 0;                    // take_damage() has something
    virtual void on_cursor(std::uint8_t shape) = 0;  // cursor-shape-v1's number, 0 hidden
    // Device pixels, not empty, inside the picture.
    virtual void on_caret(const Rectangle& caret) = 0;
    // Also when another field takes the text with nothing else changed: a composition is over then.
    // The purpose is text-input-v3's content_purpose, 0 to 13.
    virtual void on_text_input(bool enabled, std::uint8_t purpose) = 0;
    // Dialogs are not counted. Full screen: the page in the first window asked for it; of the
    // others the client does not tell.
    virtual void on_windows(int count, bool full_screen) = 0;
    virtual void on_client_gone() = 0;  // once; nothing can be seen or done any more
};

class Compositor {
  public:
    struct Options {
        Size size{1280, 800};  // device pixels
        int scale = 120;       // device pixels a logical pixel, in 1/120
        Layout layout = Layout::jp;
    };
    // Takes the server's end of the client's socket. Reads the keymap's data files once, here.
    static base::Result<std::unique_ptr<Compositor>> create(base::FileDescriptor client,
                                                            const Options& options,
                                                            Listener& listener);
    Compositor() = default;
    Compositor(const Compositor&) = delete;
    Compositor& operator=(const Compositor&) = delete;
    virtual ~Compositor() = default;

    // Readable when dispatch() has work to do.
    [[nodiscard]] virtual int descriptor() const = 0;
    // Handles what has arrived and fires due timers; never blocks.
    virtual void dispatch() = 0;
    // Milliseconds until dispatch() must be called though nothing arrives; -1: no limit.
    [[nodiscard]] virtual int timeout() const = 0;

    [[nodiscard]] virtual Picture picture() = 0;  // composes what is due
    // Disjoint rectangles inside the picture that changed since the last call.
    [[nodiscard]] virtual std::vector<Rectangle> take_damage() = 0;
    // Withheld frame callbacks stop the page's drawing: back-pressure. Initially allowed.
    virtual void allow_frames(bool allowed) = 0;
    // The least time between two frame callbacks of a surface. Initially 16 ms, and never less.
    virtual void pace_frames(std::chrono::nanoseconds interval) = 0;

    virtual void resize(Size size, int scale) = 0;
    virtual void set_layout(Layout layout) = 0;
    virtual void pointer(int x, int y) = 0;  // device pixels
    virtual void button(Button button, bool pressed) = 0;
    virtual void wheel(int dx, int dy) = 0;  // 1/120 of a notch
    // linux/input-event-codes.h, 1 to 247. Pressed while it is down: a repetition.
    virtual void key(std::uint16_t evdev_code, bool pressed) = 0;
    // UTF-8; the cursor's range in bytes, -1, -1: hidden. Empty text ends the composition.
    virtual void preedit(std::string_view text, int cursor_begin, int cursor_end) = 0;
    virtual void commit(std::string_view text) = 0;
    virtual void focus(bool focused) = 0;  // false: releases all keys and buttons
    virtual void command(Command command) = 0;
};

}  // namespace shoji::compositor
