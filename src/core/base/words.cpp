#include "core/base/words.h"

namespace shoji::base {

std::string Words::english() const {
    std::string text;
    std::string_view rest = sentence;
    for (const auto& value : values) {
        const auto at = rest.find("{}");
        if (at == std::string_view::npos) break;
        text += rest.substr(0, at);
        text += value;
        rest.remove_prefix(at + 2);
    }
    return text += rest;
}

std::string Words::key() const {
    std::string key = "reason.";
    bool between = false;
    for (char c : sentence) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        const bool is_value = c == '{';
        const bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (between && (is_value || is_word) && key.back() != '.') key += '_';
        between = !is_word;
        if (is_value || is_word) key += is_value ? 'x' : c;
    }
    return key;
}

}  // namespace shoji::base
