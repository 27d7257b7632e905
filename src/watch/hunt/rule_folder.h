// Sigma rules from folders and files: rules, correlation rules and filters, whichever
// document stands in whichever file.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/correlation_plan.h"
#include "watch/detect/sigma/modifiers.h"
#include "watch/detect/sigma/pipeline.h"
#include "watch/detect/sigma/rule.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace shoji::hunt {

struct RuleProblem {
    enum class About : std::uint8_t { rule, correlation, filter };

    std::string file;
    std::string rule;   // its title; empty when the file could not be read so far
    base::Error error;  // with words for people, and the line where the file could be read
    About about = About::rule;
};

struct RuleFolder {
    std::size_t files = 0;
    std::size_t documents = 0;  // rules, each once, whose conditions are several rules below
    std::vector<sigma::Rule> rules;
    std::vector<std::string> rule_files;  // of each rule
    std::vector<sigma::CorrelationPlan::Draft> correlations;
    std::size_t filters = 0;            // that were applied as they say
    std::vector<RuleProblem> problems;  // what did not compile; the rest did
};

// The files alone of list_rules() (rule_listing.h).
base::Result<std::vector<std::filesystem::path>> rule_files(
    const std::vector<std::filesystem::path>& paths);

// Whether rules for such a log source are kept; null: all are.
using Wanted = bool (*)(const sigma::RuleSource& source);

// The files that rule_files() gave. Filters are applied to the
// rules that they name, then the pipeline, where one is given, to rules and correlations.
//
// Filters may stand behind the rules that they name: where there are any, all files are read twice.
RuleFolder read_rule_folder(const std::vector<std::filesystem::path>& files,
                            const sigma::Reading& reading,
                            const sigma::Pipeline* pipeline = nullptr, Wanted wanted = nullptr);

}  // namespace shoji::hunt
