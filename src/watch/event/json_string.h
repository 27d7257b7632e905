// Strings of JSON, as their bytes stand in a text: where one ends, and what its escapes mean.
// Source: RFC 8259, section 7. Sixteen bytes at a time where the machine can.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace shoji::event {

// Bytes that are read, and written, at once. So many must be there behind where a step begins.
inline constexpr std::size_t json_step = 16;

// Which of the next `json_step` bytes are a quotation mark, a backslash, or a control character: a
// bit each, the first the lowest.
//
// And whether the first `size` bytes of two texts are the same; both must be readable for
// `json_step` bytes behind them.
#if defined(__SSE2__)
inline std::uint32_t json_specials(const char* at) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const auto quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const auto backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const auto control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    const auto any = _mm_or_si128(_mm_or_si128(quote, backslash), control);
    return static_cast<std::uint32_t>(_mm_movemask_epi8(any));
}
inline bool is_same_text(const char* one, const char* other, std::size_t size) {
    for (;; one += json_step, other += json_step, size -= json_step) {
        const auto same = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(one)),
                                         _mm_loadu_si128(reinterpret_cast<const __m128i*>(other)));
        const auto different = ~static_cast<std::uint32_t>(_mm_movemask_epi8(same));
        if (size <= json_step) return (different & ((1U << size) - 1)) == 0;
        if ((different & 0xffffU) != 0) return false;
    }
}
#else
inline std::uint32_t json_specials(const char* at) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < json_step; ++i) {
        const auto byte = static_cast<unsigned char>(at[i]);
        const bool special = byte == '"' || byte == '\\' || byte < 0x20;
        bits |= static_cast<std::uint32_t>(special) << i;
    }
    return bits;
}
inline bool is_same_text(const char* one, const char* other, std::size_t size) {
    return std::memcmp(one, other, size) == 0;
}
#endif

// The first special byte from `at` on, or a place at or behind `end`. `json_step` bytes behind
// `end` must be readable.
inline const char* next_special(const char* at, const char* end) {
    while (at < end) {
        const auto specials = json_specials(at);
        if (specials != 0) return at + std::countr_zero(specials);
        at += json_step;
    }
    return at;
}

// A part of a text, and where what it became ends.
struct Unescaped {
    const char* behind = nullptr;  // the closing quotation mark; null: see unescape()
    char* end = nullptr;
};

// Writes what the rest of a string means, from its first backslash at `from` on. `to` must have
// room for as many bytes as are left before `end`, and `json_step` more. What is no string, and
// pairs of surrogates, which seldom come, give null.
Unescaped unescape(const char* from, const char* end, char* to);

}  // namespace shoji::event
