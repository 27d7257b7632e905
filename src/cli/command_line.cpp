#include "cli/command_line.h"

#include "cli/command_tree.h"

#include <string_view>

namespace shoji::cli {
namespace {

// The language is needed before the words are read: it is that of the help as well.
std::string language_in(std::span<const char* const> words, std::string otherwise) {
    constexpr std::string_view option = "--language";
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        std::string_view wanted;
        if (word == option && i + 1 < words.size()) wanted = words[i + 1];
        if (word.starts_with("--language=")) wanted = word.substr(option.size() + 1);
        if (wanted == "ja" || wanted == "en") return std::string(wanted);
    }
    return otherwise;
}

}  // namespace

int run_command_line(std::span<const char* const> words, const Surroundings& surroundings) {
    const auto language = text::language_of(language_in(words, surroundings.locale));
    CommandTree tree(language, surroundings.state);
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    try {
        tree.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {
            return tree.help(error, surroundings.output, surroundings.error);
        }
        TerminalOutput output(surroundings.output, surroundings.error, language, tree.json());
        return static_cast<int>(
            output.fail(Exit::usage, "usage.error", {{"message", tree.describe(error)}}));
    }
    TerminalOutput output(surroundings.output, surroundings.error, language, tree.json());
    const Exit code = tree.run({output, surroundings.input, tree.state(), surroundings.cache,
                                surroundings.shows_progress, surroundings.lists});
    return static_cast<int>(code);
}

}  // namespace shoji::cli
