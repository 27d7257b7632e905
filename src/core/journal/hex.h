// Hexadecimal digits of bytes.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace shoji::journal {

// Lower-case digits only, so that a value has one spelling.
inline std::optional<std::vector<std::uint8_t>> bytes_from_hex(std::string_view digits) {
    const auto value = [](char c) -> unsigned {
        if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
        if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
        return 16;
    };
    if (digits.size() % 2 != 0) return std::nullopt;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(digits.size() / 2);
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const unsigned high = value(digits[i]);
        const unsigned low = value(digits[i + 1]);
        if (high > 15 || low > 15) return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(high << 4U | low));
    }
    return bytes;
}

// The same of a fixed number of bytes.
template <std::size_t Count>
std::optional<std::array<std::uint8_t, Count>> from_hex(std::string_view digits) {
    if (digits.size() != 2 * Count) return std::nullopt;
    const auto all = bytes_from_hex(digits);
    if (!all) return std::nullopt;
    std::array<std::uint8_t, Count> bytes{};
    std::copy(all->begin(), all->end(), bytes.begin());
    return bytes;
}

}  // namespace shoji::journal
