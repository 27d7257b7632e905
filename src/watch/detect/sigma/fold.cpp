#include "watch/detect/sigma/fold.h"

#include <utf8proc.h>

namespace shoji::sigma {
namespace {

constexpr unsigned char first_of_many = 0x80;

void append_points(std::string_view text, std::string& to) {
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < first_of_many) {
            const bool capital = static_cast<unsigned char>(byte - 'A') < 26;
            to += static_cast<char>(byte + (capital ? 'a' - 'A' : 0));
            ++at;
            continue;
        }
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
    if (all < first_of_many) return text.size();
    std::size_t at = 0;
    while (static_cast<unsigned char>(bytes[at]) < first_of_many) ++at;
    return begin + at;
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
    const std::size_t ascii = fold_ascii(to, begin);
    if (ascii == to.size()) return;
    to.resize(ascii);
    append_points(text.substr(ascii - begin), to);
}

std::string fold(std::string_view text) {
    std::string folded;
    append_folded(text, folded);
    return folded;
}

}  // namespace shoji::sigma
