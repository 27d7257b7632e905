// A field of a rule's detection with its modifiers and values, turned into tests.
// Source: Sigma specification 2.1, appendix "Modifiers".
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/rule.h"
#include "watch/detect/sigma/yaml.h"

#include <map>
#include <string>
#include <vector>

namespace shoji::sigma {

// What stands for %name% in rules with the modifier expand.
using Placeholders = std::map<std::string, std::vector<std::string>, std::less<>>;

// What a rule is read with. `names` takes the rule's fields.
struct Reading {
    event::Names& names;
    const Placeholders& placeholders;
};

inline constexpr std::size_t most_tests = 100'000;  // of one rule

// The expression for `key: value` of a detection, its tests added to the rule's.
base::Result<Expression> read_item(const std::string& key, const yaml::Node& value, Rule& rule,
                                   const Reading& reading);
// The expression for a value without a field: somewhere in the event.
base::Result<Expression> read_keyword(const yaml::Node& value, Rule& rule, const Reading& reading);

}  // namespace shoji::sigma
