#include "core/base/random.h"

#include <cstdlib>
#include <vector>

#include <sys/random.h>

namespace shoji::base {

void fill_random(std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
        if (got < 0) std::abort();
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 0xfU];
    }
    return text;
}

std::string random_hex(std::size_t bytes) {
    std::vector<std::uint8_t> random(bytes);
    fill_random(random);
    return to_hex(random);
}

}  // namespace shoji::base
