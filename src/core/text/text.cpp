#include "core/text/text.h"

#include "core/text/catalogue.inc"

#include <algorithm>
#include <iterator>
#include <vector>

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

using Values = std::vector<std::pair<std::string, std::string>>;

// The values with which `pattern` becomes `text`, each as short as it can be; none: it cannot.
std::optional<Values> values_of(std::string_view pattern, std::string_view text) {
    Values values;
    while (true) {
        const auto begin = std::min(pattern.find('{'), pattern.size());
        if (!text.starts_with(pattern.substr(0, begin))) return std::nullopt;
        text.remove_prefix(begin);
        pattern.remove_prefix(begin);
        const auto end = pattern.find('}');
        if (end == std::string_view::npos) break;
        const auto name = pattern.substr(1, end - 1);
        pattern.remove_prefix(end + 1);
        const auto next = pattern.substr(0, pattern.find('{'));
        // The last value goes up to what follows it at the very end.
        const auto length = next.size() == pattern.size()
                                ? text.size() - std::min(text.size(), next.size())
                                : text.find(next);
        if (length == std::string_view::npos) return std::nullopt;
        values.emplace_back(name, text.substr(0, length));
        text.remove_prefix(length);
    }
    if (text != pattern) return std::nullopt;
    return values;
}

// Bytes that are not a value's.
std::size_t own_bytes(std::string_view pattern) {
    std::size_t count = 0;
    bool inside = false;
    for (const char c : pattern) {
        if (c == '{') inside = true;
        if (!inside) ++count;
        if (c == '}') inside = false;
    }
    return count;
}

}  // namespace

Language language_of(std::string_view locale) {
    return locale.starts_with("ja") ? Language::ja : Language::en;
}

bool knows(std::string_view key) {
    return find(key) != nullptr;
}

std::optional<std::string> say_again(Language language, std::string_view keys,
                                     std::string_view english) {
    std::size_t most = 0;
    std::optional<std::string> said;
    for (const Entry& entry : entries) {
        if (!entry.key.starts_with(keys) || own_bytes(entry.en) <= most) continue;
        auto values = values_of(entry.en, english);
        if (!values) continue;
        for (auto& [name, value] : *values) {
            if (auto again = say_again(language, keys, value)) value = std::move(*again);
        }
        most = own_bytes(entry.en);
        said = fill_in(language, entry.key, *values);
    }
    return said;
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
