#include "cli/event_words.h"

#include "core/base/printable.h"

#include <fmt/format.h>

namespace shoji::cli {

std::string event_words(std::string_view category, std::string_view type, text::Language language) {
    constexpr std::size_t most = 100;
    if (category.empty() || category == "-") category = "log";
    const bool typed = !type.empty() && type != "-";
    if (typed) {
        const auto key = fmt::format("sensor.event.{}.{}", category, type);
        if (text::knows(key)) return text::say(language, key);
    }
    const auto key = fmt::format("sensor.event.{}", category);
    if (text::knows(key)) return text::say(language, key);
    return base::printable(typed ? fmt::format("{} {}", category, type) : std::string(category),
                           most);
}

std::string object_words(std::string_view object) {
    constexpr std::size_t most = 300;
    return object.empty() ? std::string() : ' ' + base::printable(object, most);
}

}  // namespace shoji::cli
