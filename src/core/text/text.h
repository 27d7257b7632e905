// The one catalogue of what people read, in Japanese and English. Its source is catalogue/*.json,
// compiled in; the web pages read the same files.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace shoji::text {

enum class Language { ja, en };

// The language of an environment such as "ja_JP.UTF-8"; English when it is none of ours.
Language language_of(std::string_view locale);

// The message of that key with each {name} replaced. A key that the catalogue lacks yields the key
// itself, so that a mistake shows on the page instead of hiding.
std::string say(Language language, std::string_view key,
                std::initializer_list<std::pair<std::string_view, std::string_view>> values = {});

std::string say(Language language, std::string_view key,
                std::span<const std::pair<std::string, std::string>> values);

bool knows(std::string_view key);

// What another program said in English, in `language`: `english` is the English message of a key
// that begins with `keys` with its values, which are said again likewise where they are such
// messages themselves. Of several that it could be, the one with the most words of its own. None:
// it is none.
std::optional<std::string> say_again(Language language, std::string_view keys,
                                     std::string_view english);

}  // namespace shoji::text
