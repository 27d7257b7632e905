#include "cli/html.h"

#include "core/base/printable.h"

#include <algorithm>
#include <array>

namespace shoji::cli {
namespace {

// From informational to critical.
constexpr std::array<std::string_view, 5> colours{"#5b6770", "#1f6f8b", "#8a6100", "#b3400a",
                                                  "#9b1136"};

}  // namespace

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : base::printable(text, 3 * text.size())) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            default:
                safe += c;
        }
    }
    return safe;
}

std::string escaped_lines(std::string_view text) {
    std::string safe;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        safe += escaped(text.substr(0, end)) + '\n';
        text.remove_prefix(std::min(text.size(), end + 1));
    }
    return safe;
}

std::string_view colour_of(sigma::Level level) {
    return colours.at(static_cast<std::size_t>(level));
}

}  // namespace shoji::cli
