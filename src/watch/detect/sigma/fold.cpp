#include "watch/detect/sigma/fold.h"

#include <utf8proc.h>

namespace shoji::sigma {
namespace {

constexpr unsigned char first_of_many = 0x80;

// The code points from `at` on, to the end.
void append_points(std::string_view text, std::size_t at, std::string& to) {
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    while (at < text.size()) {
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

}  // namespace

void append_folded(std::string_view text, std::string& to) {
    const std::size_t begin = to.size();
    to.resize(begin + text.size());
    char* folded = to.data() + begin;
    unsigned char all = 0;
    // Written so that the compiler makes vector code of it.
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        all |= byte;
        const bool capital = static_cast<unsigned char>(byte - 'A') < 26;
        folded[i] = static_cast<char>(byte + (capital ? 'a' - 'A' : 0));
    }
    if (all < first_of_many) return;
    std::size_t at = 0;
    while (static_cast<unsigned char>(text[at]) < first_of_many) ++at;
    to.resize(begin + at);
    append_points(text, at, to);
}

std::string fold(std::string_view text) {
    std::string folded;
    append_folded(text, folded);
    return folded;
}

}  // namespace shoji::sigma
