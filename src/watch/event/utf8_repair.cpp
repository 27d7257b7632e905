#include "watch/event/utf8_repair.h"

#include "core/base/bytes.h"

#include <algorithm>

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

}  // namespace shoji::event
