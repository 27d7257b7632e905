#include "screen/wire/fields.h"

namespace shoji::wire {

bool is_plain_text(std::string_view text, Newlines newlines) {
    if (!base::is_utf8(text)) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte == '\n' && newlines == Newlines::allowed) continue;
        if (byte < 0x20 || byte == 0x7f) return false;
        // U+0080 to U+009F are C2 80 to C2 9F; well-formed text has a byte after C2.
        if (byte == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0) return false;
    }
    return true;
}

bool is_character_border(std::string_view text, std::size_t position) {
    if (position >= text.size()) return position == text.size();
    return (static_cast<unsigned char>(text[position]) & 0xc0U) != 0x80U;
}

}  // namespace shoji::wire
