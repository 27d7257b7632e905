#include "watch/event/utf8_repair.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace shoji::event {
namespace {

bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}

// How many bytes the character at the beginning has; 0 when there is none.
std::size_t character(std::string_view text) {
    constexpr std::size_t longest = 4;
    for (std::size_t size = 1; size <= std::min(longest, text.size()); ++size) {
        if (base::is_utf8(text.substr(0, size))) return size;
    }
    return 0;
}

enum class Half : std::uint8_t { none, first, second };

// Which half of a pair of surrogates the escape there stands for.
Half half_of(std::string_view json, std::size_t at) {
    const auto escape = json.substr(std::min(at, json.size()), 6);
    if (escape.size() < 6 || escape[0] != '\\' || escape[1] != 'u') return Half::none;
    unsigned int point = 0;
    const auto [end, error] = std::from_chars(escape.data() + 2, escape.data() + 6, point, 16);
    if (error != std::errc() || end != escape.data() + 6) return Half::none;
    if (point >= 0xd800 && point < 0xdc00) return Half::first;
    return point >= 0xdc00 && point < 0xe000 ? Half::second : Half::none;
}

}  // namespace

std::size_t repair_utf8(std::string_view text, std::string& repaired) {
    std::size_t replaced = 0;
    while (!text.empty()) {
        const auto plain =
            static_cast<std::size_t>(std::ranges::find_if_not(text, is_ascii) - text.begin());
        repaired += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const auto size = character(text);
        if (size == 0) {
            repaired += "\xef\xbf\xbd";
            ++replaced;
        } else {
            repaired += text.substr(0, size);
        }
        text.remove_prefix(std::max<std::size_t>(1, size));
    }
    return replaced;
}

std::size_t repair_surrogates(std::string& json) {
    constexpr std::size_t escape = 6;  // \uXXXX
    std::size_t repaired = 0;
    std::size_t at = 0;
    while ((at = json.find('\\', at)) != std::string::npos) {
        const auto half = half_of(json, at);
        if (half == Half::none) {
            at += 2;  // the backslash and what it escapes
        } else if (half == Half::first && half_of(json, at + escape) == Half::second) {
            at += 2 * escape;
        } else {
            json.replace(at + 2, escape - 2, "fffd");
            at += escape;
            ++repaired;
        }
    }
    return repaired;
}

}  // namespace shoji::event
