#include "watch/detect/sigma/fold.h"

#include <cstdint>
#include <cstring>

#include <utf8proc.h>

namespace shoji::sigma {
namespace {

constexpr unsigned char first_of_many = 0x80;

// How many bytes from `at` on stand before the first one that is not ASCII.
std::size_t ascii_length(std::string_view text, std::size_t at) {
    const std::size_t begin = at;
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    for (std::uint64_t word = 0; text.size() - at >= sizeof word; at += sizeof word) {
        std::memcpy(&word, text.data() + at, sizeof word);
        if ((word & high_bits) != 0) break;
    }
    while (at < text.size() && static_cast<unsigned char>(text[at]) < first_of_many) ++at;
    return at - begin;
}

// The code points of a text whose ASCII is folded.
void append_points(std::string_view text, std::string& to) {
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t ascii = ascii_length(text, at);
        to += text.substr(at, ascii);
        at += ascii;
        if (at == text.size()) return;
        utf8proc_int32_t point = 0;
        const auto left = static_cast<utf8proc_ssize_t>(text.size() - at);
        const auto length = utf8proc_iterate(bytes + at, left, &point);
        if (length <= 0) {
            to.push_back(text[at++]);
            continue;
        }
        utf8proc_uint8_t encoded[4];
        const auto written = utf8proc_encode_char(utf8proc_tolower(point), encoded);
        to.append(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(written));
        at += static_cast<std::size_t>(length);
    }
}

// Changes ASCII's letters from `begin` on in place. Where the first byte is that is not ASCII; the
// text's size when there is none.
std::size_t fold_ascii(std::string& text, std::size_t begin) {
    unsigned char all = 0;
    char* const bytes = text.data() + begin;
    const std::size_t size = text.size() - begin;
    // Written so that the compiler makes vector code of it.
    for (std::size_t i = 0; i < size; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        all |= byte;
        const bool capital = static_cast<unsigned char>(byte - 'A') < 26;
        bytes[i] = static_cast<char>(byte + (capital ? 'a' - 'A' : 0));
    }
    return all < first_of_many ? text.size() : begin + ascii_length(text, begin);
}

}  // namespace

bool is_ascii(std::string_view text) {
    unsigned char all = 0;
    for (const char c : text) all |= static_cast<unsigned char>(c);
    return all < first_of_many;
}

void fold_from(std::string& text, std::size_t begin) {
    const std::size_t ascii = fold_ascii(text, begin);
    if (ascii == text.size()) return;
    const std::string rest = text.substr(ascii);
    text.resize(ascii);
    append_points(rest, text);
}

void append_folded(std::string_view text, std::string& to) {
    const std::size_t begin = to.size();
    to += text;
    fold_from(to, begin);
}

std::string fold(std::string_view text) {
    std::string folded;
    append_folded(text, folded);
    return folded;
}

}  // namespace shoji::sigma
