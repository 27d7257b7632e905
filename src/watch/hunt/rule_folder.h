// Sigma rules from a folder, or from one file.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/modifiers.h"
#include "watch/detect/sigma/rule.h"

#include <filesystem>
#include <string>
#include <vector>

namespace shoji::hunt {

struct RuleProblem {
    std::string file;
    std::string rule;  // its title; empty when the file could not be read so far
    std::string what;  // with the line, where one is to blame
};

struct RuleFolder {
    std::size_t files = 0;
    std::vector<sigma::Rule> rules;
    std::vector<std::string> rule_files;  // of each rule
    std::vector<RuleProblem> problems;    // what did not compile; the rest did
};

// Files *.yml and *.yaml below `path`, in the order of their names. An error when there is no such
// folder or no rule in it.
base::Result<RuleFolder> read_rule_folder(const std::filesystem::path& path,
                                          const sigma::Reading& reading);

}  // namespace shoji::hunt
