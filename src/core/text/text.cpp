#include "core/text/text.h"

#include "core/text/catalogue.inc"

#include <algorithm>
#include <iterator>

namespace shoji::text {
namespace {

const Entry* find(std::string_view key) {
    const auto* entry = std::ranges::lower_bound(entries, key, {}, &Entry::key);
    return entry != std::end(entries) && entry->key == key ? entry : nullptr;
}

template <class Values>
std::string fill_in(Language language, std::string_view key, const Values& values) {
    const Entry* entry = find(key);
    if (entry == nullptr) return std::string(key);
    const std::string_view pattern = language == Language::ja ? entry->ja : entry->en;
    std::string text;
    for (std::size_t at = 0; at < pattern.size();) {
        const auto end = pattern[at] == '{' ? pattern.find('}', at) : std::string_view::npos;
        if (end == std::string_view::npos) {
            text += pattern[at++];
            continue;
        }
        const auto name = pattern.substr(at + 1, end - at - 1);
        const auto value =
            std::ranges::find(values, name, [](const auto& pair) { return pair.first; });
        // Substituted text is never looked at again: a value that holds braces stays as it is.
        text += value != values.end() ? std::string_view(value->second)
                                      : pattern.substr(at, end - at + 1);
        at = end + 1;
    }
    return text;
}

}  // namespace

Language language_of(std::string_view locale) {
    return locale.starts_with("ja") ? Language::ja : Language::en;
}

bool knows(std::string_view key) {
    return find(key) != nullptr;
}

std::string say(Language language, std::string_view key,
                std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
    return fill_in(language, key, values);
}

std::string say(Language language, std::string_view key,
                std::span<const std::pair<std::string, std::string>> values) {
    return fill_in(language, key, values);
}

}  // namespace shoji::text
