#include "core/base/printable.h"

#include "core/base/bytes.h"

#include <array>

namespace shoji::base {
namespace {

// Bytes of the sequence that `lead` announces; 1 for a byte that announces none.
std::size_t announced_length(unsigned char lead) {
    if (lead >= 0xf0) return 4;
    if (lead >= 0xe0) return 3;
    if (lead >= 0xc0) return 2;
    return 1;
}

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& text) {
    constexpr std::array<unsigned char, 5> payload{0, 0x7f, 0x1f, 0x0f, 0x07};
    const std::size_t length = announced_length(static_cast<unsigned char>(text.front()));
    const std::string_view sequence = text.substr(0, length);
    if (sequence.size() < length || !is_utf8(sequence)) {
        text.remove_prefix(1);
        return std::nullopt;
    }
    text.remove_prefix(length);
    char32_t code_point = static_cast<unsigned char>(sequence[0]) & payload.at(length);
    for (const char next : sequence.substr(1)) {
        code_point = code_point << 6U | (static_cast<unsigned char>(next) & 0x3fU);
    }
    return code_point;
}

bool is_unprintable(char32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) || code_point == 0x61c ||
           code_point == 0x200e || code_point == 0x200f ||
           (code_point >= 0x2028 && code_point <= 0x202e) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

bool is_printable(std::string_view text) {
    while (!text.empty()) {
        const auto code_point = take_code_point(text);
        if (!code_point || is_unprintable(*code_point)) return false;
    }
    return true;
}

std::string printable(std::string_view text, std::size_t limit) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    std::string shown;
    while (!text.empty()) {
        const std::string_view before = text;
        const auto code_point = take_code_point(text);
        const std::string_view next = !code_point || is_unprintable(*code_point)
                                          ? replacement
                                          : before.substr(0, before.size() - text.size());
        if (shown.size() + next.size() > limit) break;
        shown += next;
    }
    return shown;
}

}  // namespace shoji::base
