// Hexadecimal digits of a fixed number of bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace shoji::journal {

// Lower-case digits only, so that a value has one spelling.
template <std::size_t Count>
std::optional<std::array<std::uint8_t, Count>> from_hex(std::string_view digits) {
    const auto value = [](char c) -> unsigned {
        if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
        if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
        return 16;
    };
    if (digits.size() != 2 * Count) return std::nullopt;
    std::array<std::uint8_t, Count> bytes{};
    for (std::size_t i = 0; i < Count; ++i) {
        const unsigned high = value(digits[2 * i]);
        const unsigned low = value(digits[2 * i + 1]);
        if (high > 15 || low > 15) return std::nullopt;
        bytes[i] = static_cast<std::uint8_t>(high << 4U | low);
    }
    return bytes;
}

}  // namespace shoji::journal
