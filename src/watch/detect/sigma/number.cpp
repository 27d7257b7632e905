#include "watch/detect/sigma/number.h"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace shoji::sigma {

std::optional<double> number_of(std::string_view text) {
    const auto* end = text.data() + text.size();
    if (text.starts_with("0x")) {
        std::uint64_t whole = 0;
        const auto [at, error] = std::from_chars(text.data() + 2, end, whole, 16);
        if (error != std::errc{} || at != end) return std::nullopt;
        return static_cast<double>(whole);
    }
    double number = 0;
    const auto [at, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || error != std::errc{} || at != end || !std::isfinite(number)) {
        return std::nullopt;
    }
    return number;
}

}  // namespace shoji::sigma
