#include "watch/event/utf16.h"

namespace shoji::event {
namespace {

void append_point(std::uint32_t point, std::string& text) {
    const auto byte = [&](std::uint32_t value) { text.push_back(static_cast<char>(value)); };
    if (point < 0x80) return byte(point);
    if (point < 0x800) {
        byte(0xc0U | point >> 6U);
    } else {
        if (point < 0x10000) {
            byte(0xe0U | point >> 12U);
        } else {
            byte(0xf0U | point >> 18U);
            byte(0x80U | (point >> 12U & 0x3fU));
        }
        byte(0x80U | (point >> 6U & 0x3fU));
    }
    byte(0x80U | (point & 0x3fU));
}

}  // namespace

void append_utf16(std::span<const std::uint8_t> bytes, std::string& text) {
    constexpr std::uint32_t replacement = 0xfffd;
    const auto unit = [&](std::size_t at) {
        return static_cast<std::uint32_t>(bytes[at] | bytes[at + 1] << 8);
    };
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        std::uint32_t point = unit(at);
        if (point >= 0xd800 && point < 0xe000) {
            const bool pair = point < 0xdc00 && at + 3 < bytes.size() && unit(at + 2) >= 0xdc00 &&
                              unit(at + 2) < 0xe000;
            if (pair) {
                point = 0x10000 + ((point - 0xd800) << 10U) + (unit(at + 2) - 0xdc00);
                at += 2;
            } else {
                point = replacement;
            }
        }
        append_point(point, text);
    }
}

}  // namespace shoji::event
