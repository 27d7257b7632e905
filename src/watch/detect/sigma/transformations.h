// The transformations of pipelines, by what they change.
#pragma once

#include "watch/detect/sigma/parameters.h"
#include "watch/detect/sigma/pipeline.h"

#include <memory>
#include <string>
#include <vector>

namespace shoji::sigma {

// Null: the type is none of these. Errors are of the parameters.
using MadeTransformation = base::Result<std::shared_ptr<const Transformation>>;

// field_name_mapping, field_name_prefix_mapping, field_name_prefix, field_name_suffix
MadeTransformation field_transformation(const std::string& type, Parameters& parameters);
// drop_detection_item, replace_string, map_string, set_value, case, convert_type,
// value_placeholders, wildcard_placeholders, detection_item_failure
MadeTransformation value_transformation(const std::string& type, Parameters& parameters);
// hashes_fields, extract_fields, regex
MadeTransformation item_transformation(const std::string& type, Parameters& parameters,
                                       std::vector<std::string>& notices);
// add_condition, change_logsource, set_state, rule_failure, strict_field_mapping_failure,
// set_custom_attribute, nest
MadeTransformation rule_transformation(const std::string& type, Parameters& parameters,
                                       std::vector<std::string>& notices);

}  // namespace shoji::sigma
