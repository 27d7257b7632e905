#include "screen/compositor/keyboard.h"

#include "screen/compositor/server.h"

#include <utility>
#include <vector>

#include <wayland-server-protocol.h>

namespace shoji::compositor {
namespace {

// Evdev codes that fit into xkb's 8 to 255.
constexpr std::uint16_t highest_code = 247;

const struct wl_keyboard_interface keyboard_requests = {.release = destroy_request};

}  // namespace

Keyboard::Keyboard(Server& server, Keymap jp, Keymap us, Layout layout)
    : server_(server), jp_(std::move(jp)), us_(std::move(us)), layout_(layout) {}

void Keyboard::create(wl_client* client, int version, std::uint32_t id) {
    auto object = std::make_shared<Object>();
    wl_resource* resource =
        make_resource(client, wl_keyboard_interface, version, id, &keyboard_requests, object);
    if (resource == nullptr) return;
    objects_.add(object);
    send_keymap(resource);
    if (version >= WL_KEYBOARD_REPEAT_INFO_SINCE_VERSION) {
        wl_keyboard_send_repeat_info(resource, 0, 0);
    }
    if (const auto surface = focus()) send_enter(resource, *surface);
}

void Keyboard::send_keymap(wl_resource* resource) const {
    wl_keyboard_send_keymap(resource, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, keymap().descriptor(),
                            keymap().size());
}

void Keyboard::send_enter(wl_resource* resource, const Surface& surface) {
    if (surface.resource() == nullptr) return;
    std::vector<std::uint32_t> keys(pressed_.begin(), pressed_.end());
    const std::size_t bytes = keys.size() * sizeof(std::uint32_t);
    wl_array array{bytes, bytes, keys.data()};
    wl_keyboard_send_enter(resource, server_.next_serial(), surface.resource(), &array);
    const Modifiers now = keymap().modifiers();
    wl_keyboard_send_modifiers(resource, server_.next_serial(), now.depressed, now.latched,
                               now.locked, now.group);
}

void Keyboard::set_focus(const std::shared_ptr<Surface>& surface) {
    const auto before = focus();
    if (before == surface) return;
    for (const auto& object : objects_.living()) {
        if (before && before->resource() != nullptr) {
            wl_keyboard_send_leave(object->resource(), server_.next_serial(), before->resource());
        }
        if (surface) send_enter(object->resource(), *surface);
    }
    focus_ = surface;
    told_ = keymap().modifiers();
}

void Keyboard::set_layout(Layout layout) {
    if (layout == layout_) return;
    release_all();
    layout_ = layout;
    for (const auto& object : objects_.living()) send_keymap(object->resource());
    send_modifiers(keymap().modifiers());
}

void Keyboard::send_key(std::uint16_t evdev_code, bool pressed) {
    if (!focus()) return;
    for (const auto& object : objects_.living()) {
        wl_keyboard_send_key(
            object->resource(), server_.next_serial(), server_.milliseconds(), evdev_code,
            pressed ? WL_KEYBOARD_KEY_STATE_PRESSED : WL_KEYBOARD_KEY_STATE_RELEASED);
    }
}

void Keyboard::send_modifiers(const Modifiers& modifiers) {
    told_ = modifiers;
    if (!focus()) return;
    for (const auto& object : objects_.living()) {
        wl_keyboard_send_modifiers(object->resource(), server_.next_serial(), modifiers.depressed,
                                   modifiers.latched, modifiers.locked, modifiers.group);
    }
}

void Keyboard::change(std::uint16_t evdev_code, bool pressed) {
    keymap().update(evdev_code, pressed);
    send_key(evdev_code, pressed);
    const Modifiers now = keymap().modifiers();
    if (now != told_) send_modifiers(now);
}

void Keyboard::key(std::uint16_t evdev_code, bool pressed) {
    if (evdev_code == 0 || evdev_code > highest_code) return;
    if (!pressed) {
        if (pressed_.erase(evdev_code) > 0) change(evdev_code, false);
    } else if (pressed_.insert(evdev_code).second) {
        change(evdev_code, true);
    } else {
        send_key(evdev_code, true);
    }
}

void Keyboard::release_all() {
    for (const std::uint16_t code : std::exchange(pressed_, {})) change(code, false);
}

void Keyboard::chord(std::uint32_t modifiers, std::uint16_t evdev_code) {
    const bool held = pressed_.erase(evdev_code) > 0;
    if (held) change(evdev_code, false);
    const Modifiers before = keymap().modifiers();
    send_modifiers({modifiers, 0, 0, before.group});
    send_key(evdev_code, true);
    send_key(evdev_code, false);
    send_modifiers(before);
}

std::uint32_t Keyboard::mask(const char* modifier) const {
    return keymap().mask(modifier);
}

}  // namespace shoji::compositor
