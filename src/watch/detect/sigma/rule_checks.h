// The conditions that pipelines have on rules.
#pragma once

#include "watch/detect/sigma/parameters.h"
#include "watch/detect/sigma/pipeline_checks.h"

#include <string>

namespace shoji::sigma {

// logsource, contains_detection_item, contains_field, processing_item_applied, processing_state,
// is_sigma_rule, is_sigma_correlation_rule, rule_attribute, tag. Anything else is an error.
base::Result<RuleChecks::Check> read_rule_check(const std::string& type, Parameters& parameters);

// What processing_state asks, of whatever kind the condition is.
using StateCheck = std::function<bool(Application&)>;
base::Result<StateCheck> read_state_check(Parameters& parameters);

}  // namespace shoji::sigma
