// A compositor for unit tests: a picture to draw on, and a record of what it was told.
#pragma once

#include "screen/compositor/compositor.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace shoji::session::testing {

class FakeCompositor final : public compositor::Compositor {
  public:
    explicit FakeCompositor(compositor::Listener& listener) : listener_(listener) {
        resize({100, 80}, 120);
    }

    void draw(const compositor::Rectangle& area, std::uint32_t colour) {
        for (int y = area.y; y < area.y + area.height; ++y) {
            const auto row = pixels_.begin() + y * size_.width;
            std::fill(row + area.x, row + area.x + area.width, colour);
        }
        damage_.push_back(area);
        listener_.on_damage();
    }

    [[nodiscard]] int descriptor() const override { return -1; }
    void dispatch() override {}
    [[nodiscard]] int timeout() const override { return -1; }
    [[nodiscard]] compositor::Picture picture() override { return {size_, pixels_}; }
    [[nodiscard]] std::vector<compositor::Rectangle> take_damage() override {
        return std::exchange(damage_, {});
    }
    void allow_frames(bool allowed) override {
        frames_allowed = allowed;
        ++gate_calls;
    }
    void pace_frames(std::chrono::nanoseconds interval) override { frame_interval = interval; }
    void resize(compositor::Size size, int scale) override {
        told.push_back(fmt::format("resize {} {} {}", size.width, size.height, scale));
        size_ = size;
        pixels_.assign(static_cast<std::size_t>(size.width * size.height), 0);
        damage_.push_back({0, 0, size.width, size.height});
        listener_.on_damage();
    }
    void set_layout(compositor::Layout layout) override {
        told.push_back(fmt::format("layout {}", static_cast<int>(layout)));
    }
    void pointer(int x, int y) override { told.push_back(fmt::format("pointer {} {}", x, y)); }
    void button(compositor::Button button, bool pressed) override {
        told.push_back(fmt::format("button {} {}", static_cast<int>(button), pressed));
    }
    void wheel(int dx, int dy) override { told.push_back(fmt::format("wheel {} {}", dx, dy)); }
    void key(std::uint16_t code, bool pressed) override {
        told.push_back(fmt::format("key {} {}", code, pressed));
    }
    void preedit(std::string_view text, int begin, int end) override {
        told.push_back(fmt::format("preedit {} {} {}", text, begin, end));
    }
    void commit(std::string_view text) override { told.push_back(fmt::format("commit {}", text)); }
    void focus(bool focused) override { told.push_back(fmt::format("focus {}", focused)); }
    void command(compositor::Command command) override {
        told.push_back(fmt::format("command {}", static_cast<int>(command)));
    }

    bool frames_allowed = true;
    int gate_calls = 0;
    std::chrono::nanoseconds frame_interval{};
    std::vector<std::string> told;

  private:
    compositor::Listener& listener_;
    compositor::Size size_;
    std::vector<std::uint32_t> pixels_;
    std::vector<compositor::Rectangle> damage_;
};

}  // namespace shoji::session::testing
