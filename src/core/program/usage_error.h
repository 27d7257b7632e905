// What is wrong with a command line, in words of the catalogue: CLI11 has English ones only. Pure.
#pragma once

#include "core/text/text.h"

#include <string>

#include <CLI/CLI.hpp>

namespace shoji::program {

// `error` is what parsing with `app` threw. The text has no full stop: it stands in
// "usage.error".
std::string describe_usage_error(text::Language language, const CLI::App& app,
                                 const CLI::ParseError& error);

}  // namespace shoji::program
