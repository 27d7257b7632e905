// For tests: what a run of `shoji` gave.
#pragma once

#include "cli/command_line.h"

#include <filesystem>
#include <span>
#include <sstream>
#include <string>

namespace shoji::cli {

struct Shown {
    int code = 0;
    std::string output;
    std::string error;
};

// In English; `typed`: what somebody types.
inline Shown run_shown(std::span<const char* const> words, const std::filesystem::path& state,
                       const std::string& typed = "") {
    std::istringstream input(typed);
    std::ostringstream output;
    std::ostringstream error;
    const int code = run_command_line(words, {state, {}, "en", input, output, error});
    return {code, output.str(), error.str()};
}

}  // namespace shoji::cli
