#include "watch/event/json_text.h"

#include "core/base/bytes.h"

#include <algorithm>

#include <fmt/format.h>

namespace shoji::event {
namespace {

// How many bytes the character at the beginning has; 0 when there is none.
std::size_t character(std::string_view text) {
    constexpr std::size_t longest = 4;
    for (std::size_t size = 1; size <= std::min(longest, text.size()); ++size) {
        if (base::is_utf8(text.substr(0, size))) return size;
    }
    return 0;
}

bool is_plain(char c) {
    return c >= ' ' && c < '\x7f' && c != '"' && c != '\\';
}

void append_one(std::string_view character, std::string& json) {
    if (character == "\"" || character == "\\") {
        json += '\\';
        json += character;
    } else if (character == "\n") {
        json += "\\n";
    } else if (character == "\t") {
        json += "\\t";
    } else if (character == "\r") {
        json += "\\r";
    } else if (character == "\xe2\x80\xa8" || character == "\xe2\x80\xa9") {
        json += character.back() == '\xa8' ? "\\u2028" : "\\u2029";
    } else if (character.size() == 1) {
        json += fmt::format("\\u{:04x}", static_cast<unsigned char>(character.front()));
    } else {
        json += character;
    }
}

}  // namespace

void append_json(std::string_view text, std::string& json) {
    json += '"';
    while (!text.empty()) {
        const auto plain =
            static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain) - text.begin());
        json += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const auto size = character(text);
        if (size == 0) {
            json += "\xef\xbf\xbd";
        } else {
            append_one(text.substr(0, size), json);
        }
        text.remove_prefix(std::max<std::size_t>(1, size));
    }
    json += '"';
}

std::string as_json(std::string_view text) {
    std::string json;
    append_json(text, json);
    return json;
}

bool is_json_number(std::string_view text) {
    const auto skip_digits = [&] {
        std::size_t digits = 0;
        while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
        text.remove_prefix(digits);
        return digits;
    };
    constexpr std::size_t most_digits = 15;
    if (text.starts_with('-')) text.remove_prefix(1);
    const bool zero = text.starts_with('0');
    const auto whole = skip_digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    std::size_t part = 0;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        part = skip_digits();
        if (part == 0) return false;
    }
    return text.empty() && whole + part <= most_digits;
}

}  // namespace shoji::event
