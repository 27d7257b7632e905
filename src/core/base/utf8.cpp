#include "core/base/bytes.h"

namespace shoji::base {
namespace {

// How many bytes the sequence led by `lead` has, with the range that its second byte may take (RFC
// 3629, section 4); 0 when `lead` cannot start a sequence.
struct Sequence {
    std::size_t length;
    unsigned char second_low;
    unsigned char second_high;
};

Sequence sequence_of(unsigned char lead) {
    if (lead < 0x80) return {1, 0, 0};
    if (lead >= 0xc2 && lead <= 0xdf) return {2, 0x80, 0xbf};
    if (lead == 0xe0) return {3, 0xa0, 0xbf};
    if (lead == 0xed) return {3, 0x80, 0x9f};
    if (lead >= 0xe1 && lead <= 0xef) return {3, 0x80, 0xbf};
    if (lead == 0xf0) return {4, 0x90, 0xbf};
    if (lead >= 0xf1 && lead <= 0xf3) return {4, 0x80, 0xbf};
    if (lead == 0xf4) return {4, 0x80, 0x8f};
    return {0, 0, 0};
}

}  // namespace

bool is_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto [length, low, high] = sequence_of(static_cast<unsigned char>(text[at]));
        if (length == 0 || text.size() - at < length) return false;
        for (std::size_t i = 1; i < length; ++i) {
            const auto byte = static_cast<unsigned char>(text[at + i]);
            const bool good = i == 1 ? byte >= low && byte <= high : (byte & 0xc0U) == 0x80;
            if (!good) return false;
        }
        at += length;
    }
    return true;
}

}  // namespace shoji::base
