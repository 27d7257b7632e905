#include "watch/detect/sigma/plain_text.h"

#include "watch/detect/sigma/fold.h"

#include <utf8proc.h>

namespace shoji::sigma {
namespace {

constexpr unsigned char first_of_many = 0x80;

}  // namespace

std::optional<std::string_view> plain_text(std::string_view text, std::string& memory) {
    if (text.find('\v') != std::string_view::npos) return std::nullopt;
    if (is_ascii(text)) return text;
    memory.clear();
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    for (std::size_t at = 0; at < text.size();) {
        if (bytes[at] < first_of_many) {
            memory += text[at++];
            continue;
        }
        utf8proc_int32_t point = 0;
        const auto length =
            utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &point);
        constexpr utf8proc_int32_t long_s = 0x17f;
        constexpr utf8proc_int32_t kelvin = 0x212a;
        if (length <= 0 || point == long_s || point == kelvin) return std::nullopt;
        memory += stand_in;
        at += static_cast<std::size_t>(length);
    }
    return memory;
}

bool is_plain_expression(std::string_view expression) {
    for (std::size_t i = 0; i < expression.size(); ++i) {
        const char c = expression[i];
        if (c < ' ' || c > '~') return false;
        const char next = i + 1 < expression.size() ? expression[i + 1] : '\0';
        if (c == '[' && next == ':') return false;
        if (c != '\\') continue;
        // By number, by Unicode's properties, by names of control characters, one byte of many; and
        // quoting, behind which a backslash is plain.
        constexpr std::string_view unlike = "xpPCQE0123456789acev";
        if (unlike.find(next) != std::string_view::npos) return false;
        ++i;
    }
    return true;
}

}  // namespace shoji::sigma
