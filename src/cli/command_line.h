// The words after `shoji`, read and carried out. The only part that knows of streams and the
// environment.
#pragma once

#include <filesystem>
#include <istream>
#include <ostream>
#include <span>
#include <string>

namespace shoji::cli {

// What the words leave open, from the environment.
struct Surroundings {
    std::filesystem::path state;  // SHOJI_STATE, else the user's own folder for state
    std::filesystem::path cache;  // the user's folder for what can be made anew; empty: none
    std::string locale;           // such as "ja_JP.UTF-8"
    std::istream& input;
    std::ostream& output;
    std::ostream& error;
    bool shows_progress = false;    // `error` is a terminal
    std::filesystem::path lists{};  // the folder of installed lists
};

// `words` without the program's own name. Gives the exit code.
int run_command_line(std::span<const char* const> words, const Surroundings& surroundings);

}  // namespace shoji::cli
