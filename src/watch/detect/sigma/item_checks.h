// The conditions that pipelines have on items of a detection and on names of fields.
#pragma once

#include "watch/detect/sigma/parameters.h"
#include "watch/detect/sigma/pipeline_checks.h"

#include <string>

namespace shoji::sigma {

// match_string, match_value, contains_wildcard, is_null, processing_item_applied, processing_state.
// Anything else is an error.
base::Result<ItemChecks::Check> read_item_check(const std::string& type, Parameters& parameters);
// include_fields, exclude_fields, processing_item_applied, processing_state.
base::Result<FieldChecks::Check> read_field_check(const std::string& type, Parameters& parameters);

}  // namespace shoji::sigma
