// The words that a program is started with, and its help. Their texts are the catalogue's
// "program.help." and the program's name, and "program.help.option." and an option's name.
#pragma once

#include "core/text/text.h"

#include <concepts>
#include <optional>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>

namespace shoji::program {

constexpr int usage_status = 2;  // the exit status where the words are wrong

class Arguments {
  public:
    Arguments(text::Language language, const std::string& name);

    // "name" is a word by its place, "--name" an option; a bool is a flag. `explained` stands for
    // the name in the catalogue, where one name means several things.
    template <class T>
    CLI::Option* take(const std::string& name, T& into, std::string explained = "") {
        if (explained.empty()) explained = name.substr(name.find_first_not_of('-'));
        const auto text = text::say(language_, "program.help.option." + explained);
        if constexpr (std::same_as<T, bool>) {
            return app_.add_flag(name, into, text);
        } else {
            return app_.add_option(name, into, text);
        }
    }
    template <class T>
    void need(const std::string& name, T& into) {
        take(name, into)->required();
    }

    // The exit status where the program ends here: 0 after its help, `usage_status` after what is
    // wrong was said at `error`.
    [[nodiscard]] std::optional<int> read(int count, const char* const* words, std::ostream& output,
                                          std::ostream& error);

  private:
    text::Language language_;
    CLI::App app_;
};

}  // namespace shoji::program
