// A sentence for people that is said where nobody knows in which language it will be read: the
// English one, as it stands in the source, and what it names. The message catalogue has it in both
// languages, under its key(); there {1} is the first {}, {2} the second.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace shoji::base {

struct Words {
    std::string sentence;  // "the modifier '{}' is not known here"
    std::vector<std::string> values;

    template <class... Arguments>
    static Words of(fmt::format_string<Arguments...> sentence, Arguments&&... arguments) {
        const fmt::string_view text = sentence;
        return {std::string(text.data(), text.size()), {fmt::format("{}", arguments)...}};
    }
    // What says nothing but what another program or another person has said, in their language.
    static Words quoted(std::string text) { return {"{}", {std::move(text)}}; }

    [[nodiscard]] std::string english() const;
    // "reason.the_modifier_x_is_not_known_here"
    [[nodiscard]] std::string key() const;

    bool operator==(const Words&) const = default;
};

// Where something is, of a text.
inline Words at_line(std::size_t line) {
    return Words::of("line {}", line);
}

}  // namespace shoji::base
