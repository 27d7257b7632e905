// Rules from the text of a file. One document is one rule, or several where its condition is a
// list.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/modifiers.h"
#include "watch/detect/sigma/rule.h"

#include <string_view>
#include <vector>

namespace shoji::sigma {

// Errors say the line where one is to blame.
base::Result<std::vector<Rule>> read_rule(const yaml::Node& document, const Reading& reading);
base::Result<std::vector<Rule>> read_rules(std::string_view text, const Reading& reading);

}  // namespace shoji::sigma
