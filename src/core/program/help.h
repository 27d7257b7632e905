// The help of a program, in words of the catalogue: CLI11 has English ones only.
#pragma once

#include "core/text/text.h"

#include <CLI/CLI.hpp>

namespace shoji::program {

// Gives `app` its option for help and its headings, in that language. Called before words and
// options are added, which take them over.
void explain_in(text::Language language, CLI::App& app);

}  // namespace shoji::program
