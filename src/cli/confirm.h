// Asking the administrator before something is done.
#pragma once

#include "cli/commands.h"

namespace shoji::cli {

// Asks a question of the catalogue. Whoever does not answer, as a script, has not confirmed.
inline bool confirmed(const Context& context, std::string_view question) {
    context.output.ask(question);
    std::string answer;
    std::getline(context.input, answer);
    return answer == "y" || answer == "yes" || answer == "はい";
}

}  // namespace shoji::cli
