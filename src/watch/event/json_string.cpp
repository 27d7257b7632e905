#include "watch/event/json_string.h"

namespace shoji::event {
namespace {

// What stands for one character behind a backslash; 0 for all else.
constexpr std::array<char, 256> short_escapes = [] {
    std::array<char, 256> table{};
    table['"'] = '"';
    table['\\'] = '\\';
    table['/'] = '/';
    table['b'] = '\b';
    table['f'] = '\f';
    table['n'] = '\n';
    table['r'] = '\r';
    table['t'] = '\t';
    return table;
}();

constexpr std::uint32_t no_digit = 0xffffffff;

std::uint32_t digit_of(char c) {
    if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
    return no_digit;
}

// The code point of four digits; nothing else than one that stands for itself.
std::uint32_t point_of(const char* digits) {
    std::uint32_t point = 0;
    for (int i = 0; i < 4; ++i) {
        const auto digit = digit_of(digits[i]);
        if (digit == no_digit) return no_digit;
        point = point << 4U | digit;
    }
    constexpr std::uint32_t first_surrogate = 0xd800;
    constexpr std::uint32_t last_surrogate = 0xdfff;
    return point >= first_surrogate && point <= last_surrogate ? no_digit : point;
}

char* encode(std::uint32_t point, char* to) {
    constexpr std::uint32_t first_of_two = 0x80;
    constexpr std::uint32_t first_of_three = 0x800;
    if (point < first_of_two) {
        *to++ = static_cast<char>(point);
    } else if (point < first_of_three) {
        *to++ = static_cast<char>(0xc0U | point >> 6U);
        *to++ = static_cast<char>(0x80U | (point & 0x3fU));
    } else {
        *to++ = static_cast<char>(0xe0U | point >> 12U);
        *to++ = static_cast<char>(0x80U | (point >> 6U & 0x3fU));
        *to++ = static_cast<char>(0x80U | (point & 0x3fU));
    }
    return to;
}

}  // namespace

Unescaped unescape(const char* from, const char* end, char* to) {
    constexpr std::ptrdiff_t longest = 6;  // \uXXXX
    while (from < end && *from == '\\') {
        const char short_one = short_escapes[static_cast<unsigned char>(from[1])];
        if (short_one != 0) {
            *to++ = short_one;
            from += 2;
        } else {
            if (from[1] != 'u' || end - from < longest) return {};
            const auto point = point_of(from + 2);
            if (point == no_digit) return {};
            to = encode(point, to);
            from += longest;
        }
        // Up to what is special next.
        std::uint32_t specials = 0;
        while (from < end) {
            std::memcpy(to, from, json_step);
            specials = json_specials(from);
            if (specials != 0) break;
            from += json_step;
            to += json_step;
        }
        if (specials == 0) return {};
        from += std::countr_zero(specials);
        to += std::countr_zero(specials);
    }
    if (from >= end || *from != '"') return {};
    return {from + 1, to};
}

}  // namespace shoji::event
