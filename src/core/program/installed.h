// A program whose words name the folder of an installation.
#pragma once

#include "core/base/settings.h"
#include "core/program/arguments.h"

#include <functional>
#include <string>

namespace shoji::program {

// main() of the program `name`: its words, the settings of the folder that --state names, `work`
// with them, and what went wrong in its log. Gives the exit status. `more` declares further words.
int run_installed(const std::string& name, int count, char** words,
                  const std::function<base::Result<void>(const base::Settings&)>& work,
                  const std::function<void(Arguments&)>& more = {});

}  // namespace shoji::program
