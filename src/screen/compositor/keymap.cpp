#include "screen/compositor/keymap.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

namespace shoji::compositor {
namespace {

// xkb counts keys from 8 on, as X11 did (xkbcommon.h, "XKB keycodes").
constexpr std::uint32_t keycode_offset = 8;

base::Result<base::FileDescriptor> sealed_copy(std::string_view text) {
    constexpr const char* doing = "storing a keymap";
    const base::FileDescriptor memory(
        ::memfd_create("shoji-keymap", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!memory.valid()) return base::fail_errno(errno, doing);
    for (std::size_t written = 0; written < text.size();) {
        const ssize_t more = ::write(memory.get(), text.data() + written, text.size() - written);
        if (more < 0) return base::fail_errno(errno, doing);
        written += static_cast<std::size_t>(more);
    }
    constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    if (::fcntl(memory.get(), F_ADD_SEALS, seals) != 0) return base::fail_errno(errno, doing);
    // Before Linux 6.7 a sealed memfd open for writing cannot be mapped shared even for reading.
    const auto path = fmt::format("/proc/self/fd/{}", memory.get());
    base::FileDescriptor readable(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!readable.valid()) return base::fail_errno(errno, doing);
    return readable;
}

}  // namespace

base::Result<Keymap> Keymap::load(Layout layout) {
    auto compiled = std::make_shared<Compiled>();
    compiled->context.reset(xkb_context_new(XKB_CONTEXT_NO_ENVIRONMENT_NAMES));
    if (!compiled->context) return base::fail(base::ErrorKind::system, "xkbcommon does not start");
    const bool japanese = layout == Layout::jp;
    const xkb_rule_names names{"evdev", japanese ? "jp106" : "pc105", japanese ? "jp" : "us",
                               nullptr, nullptr};
    compiled->keymap.reset(
        xkb_keymap_new_from_names(compiled->context.get(), &names, XKB_KEYMAP_COMPILE_NO_FLAGS));
    if (!compiled->keymap) {
        return base::fail(base::ErrorKind::not_found,
                          "the keymap {} cannot be made; is the package xkb-data installed?",
                          names.layout);
    }
    const std::unique_ptr<char, decltype(&std::free)> text(
        xkb_keymap_get_as_string(compiled->keymap.get(), XKB_KEYMAP_FORMAT_TEXT_V1), std::free);
    if (!text) return base::fail(base::ErrorKind::system, "xkbcommon cannot write its keymap");
    const std::string_view with_zero(text.get(), std::strlen(text.get()) + 1);
    auto memory = sealed_copy(with_zero);
    if (!memory) return tl::unexpected(memory.error());
    compiled->text = std::move(*memory);
    compiled->size = static_cast<std::uint32_t>(with_zero.size());
    Keymap made;
    made.compiled_ = std::move(compiled);
    return made.fresh();
}

Keymap Keymap::fresh() const {
    Keymap made;
    made.compiled_ = compiled_;
    made.state_.reset(xkb_state_new(compiled_->keymap.get()));
    return made;
}

void Keymap::update(std::uint16_t evdev_code, bool pressed) {
    xkb_state_update_key(state_.get(), evdev_code + keycode_offset,
                         pressed ? XKB_KEY_DOWN : XKB_KEY_UP);
}

Modifiers Keymap::modifiers() const {
    const auto part = [&](xkb_state_component component) {
        return xkb_state_serialize_mods(state_.get(), component);
    };
    return {part(XKB_STATE_MODS_DEPRESSED), part(XKB_STATE_MODS_LATCHED),
            part(XKB_STATE_MODS_LOCKED),
            xkb_state_serialize_layout(state_.get(), XKB_STATE_LAYOUT_EFFECTIVE)};
}

std::uint32_t Keymap::mask(const char* name) const {
    const xkb_mod_index_t index = xkb_keymap_mod_get_index(compiled_->keymap.get(), name);
    return index == XKB_MOD_INVALID || index >= 32 ? 0 : std::uint32_t{1} << index;
}

}  // namespace shoji::compositor
