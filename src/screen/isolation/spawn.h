// Short-lived helpers of the machine: the dynamic loader, nft.
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace shoji::isolation {

// Runs a program of the machine by its absolute path with an empty environment and no shell, and
// returns what it printed, at most 1 MiB. An exit code other than 0 is an error with what it said.
// One that runs for more than ten seconds is killed.
base::Result<std::string> run_and_read(const std::vector<std::string>& command);

// The same, with `input` on its standard input.
base::Result<std::string> run_with_input(const std::vector<std::string>& command,
                                         std::string_view input);

}  // namespace shoji::isolation
