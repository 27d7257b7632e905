#include "cli/told.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace shoji::cli {

std::string told(const base::Words& words, text::Language language) {
    const auto key = words.key();
    if (!text::knows(key)) return words.english();
    std::vector<std::pair<std::string, std::string>> values;
    for (const auto& value : words.values) {
        values.emplace_back(std::to_string(values.size() + 1), value);
    }
    return text::say(language, key, std::span(std::as_const(values)));
}

std::string told(const base::Error& error, text::Language language) {
    if (text::knows(error.key)) {
        return text::say(language, error.key, std::span(std::as_const(error.values)));
    }
    if (error.words.empty()) return error.message;
    std::string text;
    for (const auto& words : error.words) {
        if (!text.empty()) text += ": ";
        text += told(words, language);
    }
    return text;
}

std::string told(std::string_view english, text::Language language) {
    constexpr std::string_view between = ": ";
    if (language == text::Language::en) return std::string(english);
    const auto at = english.find(between);
    const auto first = english.substr(0, at);
    const auto begins = text::say_again(language, "reason.", first);
    if (at == std::string_view::npos) return begins.value_or(std::string(english));
    if (!begins) {
        if (const auto whole = text::say_again(language, "reason.", english)) return *whole;
    }
    return begins.value_or(std::string(first)) + std::string(between) +
           told(english.substr(at + between.size()), language);
}

std::string reason_of(const base::Error& error) {
    return error.words.empty() ? error.message : error.words.back().english();
}

std::optional<std::string> line_of(const base::Error& error) {
    const auto line =
        std::ranges::find(error.words, base::at_line(0).sentence, &base::Words::sentence);
    if (line == error.words.end()) return std::nullopt;
    return line->values.front();
}

}  // namespace shoji::cli
