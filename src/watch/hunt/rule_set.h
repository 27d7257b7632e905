// All that a hunt, or a check of rules, needs of a folder of rules: read with the lists and
// pipelines that are given with it, and compiled.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/correlation_plan.h"
#include "watch/detect/sigma/plan.h"
#include "watch/event/windows_sources.h"
#include "watch/hunt/rule_folder.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shoji::hunt {

struct RuleRequest {
    std::vector<std::filesystem::path> rules;      // folders and files
    std::vector<std::filesystem::path> pipelines;  // files of one pipeline each
    std::filesystem::path placeholders;            // a map of names to lists; empty: none
    std::filesystem::path cache;  // folder of compiled rules (rule_cache.h); empty: none
    // Rules for other log sources are left out; null: none is. What is left out is not kept.
    Wanted wanted = nullptr;
};

// Neither moved nor copied: its parts refer to one another.
struct RuleSet {
    event::Names names;
    event::WindowsSources windows{names};
    RuleFolder folder;  // its rules have gone into the plan; its problems are all there are
    std::optional<sigma::Plan> plan;
    sigma::CorrelationPlan correlations;
    // A file, and what it says that has no effect here.
    std::vector<std::pair<std::string, std::string>> notices;

    bool from_cache = false;

    RuleSet();
    RuleSet(const RuleSet&) = delete;
    RuleSet& operator=(const RuleSet&) = delete;
};

// A pipeline or a list that is wrong is an error; rules that are wrong are problems of the folder.
base::Result<std::unique_ptr<RuleSet>> read_rule_set(const RuleRequest& request);

}  // namespace shoji::hunt
