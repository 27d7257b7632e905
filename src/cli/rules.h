// What is said about a folder of rules.
#pragma once

#include "cli/terminal_output.h"
#include "watch/hunt/rule_set.h"

namespace shoji::cli {

// What is left out of the rules, and what has no effect.
void warn_of_rules(const hunt::RuleSet& rules, TerminalOutput& output);

}  // namespace shoji::cli
