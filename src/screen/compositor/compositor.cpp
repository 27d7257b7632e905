#include "screen/compositor/compositor.h"

#include "screen/compositor/limits.h"
#include "screen/compositor/server.h"

#include <algorithm>
#include <utility>

#include <linux/input-event-codes.h>

namespace shoji::compositor {
namespace {

constexpr int lowest_scale = 60;
constexpr int highest_scale = 480;

Size within_limits(Size size) {
    return {std::clamp(size.width, 1, max_side), std::clamp(size.height, 1, max_side)};
}

int within_limits(int scale) {
    return std::clamp(scale, lowest_scale, highest_scale);
}

class HeadlessCompositor final : public Compositor {
  public:
    HeadlessCompositor(const Options& options, Keymap jp, Keymap us, Listener& listener)
        : server_(options, std::move(jp), std::move(us), listener) {}
    base::Result<void> start(base::FileDescriptor client) {
        return server_.start(std::move(client));
    }

    [[nodiscard]] int descriptor() const override { return server_.descriptor(); }
    void dispatch() override { server_.dispatch(); }
    [[nodiscard]] int timeout() const override { return server_.timeout(); }
    [[nodiscard]] Picture picture() override { return server_.picture(); }
    [[nodiscard]] std::vector<Rectangle> take_damage() override { return server_.take_damage(); }
    void allow_frames(bool allowed) override { server_.allow_frames(allowed); }
    void pace_frames(std::chrono::nanoseconds interval) override { server_.pace_frames(interval); }
    void resize(Size size, int scale) override {
        server_.resize(within_limits(size), within_limits(scale));
    }
    void set_layout(Layout layout) override {
        server_.seat().keyboard().set_layout(layout);
        server_.settle();
    }
    void pointer(int x, int y) override {
        const Size size = server_.size();
        server_.seat().pointer().move(std::clamp(x, 0, size.width - 1),
                                      std::clamp(y, 0, size.height - 1));
        server_.settle();
    }
    void button(Button button, bool pressed) override {
        if (pressed && server_.congested()) return;
        server_.seat().pointer().button(button, pressed);
        server_.settle();
    }
    void wheel(int dx, int dy) override {
        if (server_.congested()) return;
        constexpr int most = 12000;
        server_.seat().pointer().wheel(std::clamp(dx, -most, most), std::clamp(dy, -most, most));
        server_.settle();
    }
    void key(std::uint16_t evdev_code, bool pressed) override {
        if (pressed && server_.congested()) return;
        server_.seat().keyboard().key(evdev_code, pressed);
        server_.settle();
    }
    void preedit(std::string_view text, int cursor_begin, int cursor_end) override {
        if (server_.congested()) return;
        if (const auto input = server_.text_inputs().active()) {
            input->send_preedit(text, cursor_begin, cursor_end);
        }
        server_.settle();
    }
    void commit(std::string_view text) override {
        if (server_.congested()) return;
        if (const auto input = server_.text_inputs().active()) input->send_commit(text);
        server_.settle();
    }
    void focus(bool focused) override {
        if (focused) return;
        server_.seat().pointer().release_all();
        server_.seat().keyboard().release_all();
        server_.settle();
    }
    void command(Command command) override;

  private:
    void chord(const char* modifier, std::uint16_t evdev_code) {
        Keyboard& keyboard = server_.seat().keyboard();
        keyboard.chord(modifier == nullptr ? 0 : keyboard.mask(modifier), evdev_code);
        server_.settle();
    }

    Server server_;
};

// Keys that mean the same in both layouts; the keypad's for zooming.
void HeadlessCompositor::command(Command command) {
    switch (command) {
        case Command::back:
            return chord(XKB_MOD_NAME_ALT, KEY_LEFT);
        case Command::forward:
            return chord(XKB_MOD_NAME_ALT, KEY_RIGHT);
        case Command::reload:
            return chord(XKB_MOD_NAME_CTRL, KEY_R);
        case Command::stop:
            return chord(nullptr, KEY_ESC);
        case Command::zoom_in:
            return chord(XKB_MOD_NAME_CTRL, KEY_KPPLUS);
        case Command::zoom_out:
            return chord(XKB_MOD_NAME_CTRL, KEY_KPMINUS);
        case Command::zoom_reset:
            return chord(XKB_MOD_NAME_CTRL, KEY_0);
        case Command::close_window:
            return server_.close_window();
        case Command::leave_full_screen:
            return chord(nullptr, KEY_ESC);
    }
}

}  // namespace

base::Result<std::unique_ptr<Compositor>> Compositor::create(base::FileDescriptor client,
                                                             const Options& options,
                                                             Listener& listener) {
    auto jp = Keymap::load(Layout::jp);
    if (!jp) return tl::unexpected(std::move(jp).error().context("starting the compositor"));
    auto us = Keymap::load(Layout::us);
    if (!us) return tl::unexpected(std::move(us).error().context("starting the compositor"));
    Options bounded = options;
    bounded.size = within_limits(options.size);
    bounded.scale = within_limits(options.scale);
    auto made =
        std::make_unique<HeadlessCompositor>(bounded, std::move(*jp), std::move(*us), listener);
    if (auto started = made->start(std::move(client)); !started) {
        return tl::unexpected(std::move(started).error().context("starting the compositor"));
    }
    return made;
}

}  // namespace shoji::compositor
