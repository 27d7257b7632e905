// The meaning of keys: a keymap of the viewer's layout, compiled once, and the state of its
// modifiers.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "screen/compositor/compositor.h"

#include <cstdint>
#include <memory>

#include <xkbcommon/xkbcommon.h>

namespace shoji::compositor {

struct Modifiers {
    std::uint32_t depressed = 0;
    std::uint32_t latched = 0;
    std::uint32_t locked = 0;
    std::uint32_t group = 0;
    friend bool operator==(const Modifiers&, const Modifiers&) = default;
};

class Keymap {
  public:
    // Reads xkb-data's files.
    static base::Result<Keymap> load(Layout layout);
    // The same keymap with no key down, without reading anything.
    [[nodiscard]] Keymap fresh() const;

    // The keymap's text in a sealed memfd, open for reading only, with the zero byte at its end
    // counted in its size (wl_keyboard.keymap).
    [[nodiscard]] int descriptor() const { return compiled_->text.get(); }
    [[nodiscard]] std::uint32_t size() const { return compiled_->size; }

    void update(std::uint16_t evdev_code, bool pressed);
    [[nodiscard]] Modifiers modifiers() const;
    // The mask of a modifier by xkb's name; 0 when the keymap has none.
    [[nodiscard]] std::uint32_t mask(const char* name) const;

  private:
    struct Free {
        void operator()(xkb_context* context) const { xkb_context_unref(context); }
        void operator()(xkb_keymap* keymap) const { xkb_keymap_unref(keymap); }
        void operator()(xkb_state* state) const { xkb_state_unref(state); }
    };
    struct Compiled {
        std::unique_ptr<xkb_context, Free> context;
        std::unique_ptr<xkb_keymap, Free> keymap;
        base::FileDescriptor text;
        std::uint32_t size = 0;
    };
    std::shared_ptr<Compiled> compiled_;
    std::unique_ptr<xkb_state, Free> state_;
};

}  // namespace shoji::compositor
