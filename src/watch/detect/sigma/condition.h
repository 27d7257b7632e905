// A rule's condition: how its searches are joined. Source: Sigma specification 2.1, "Condition".
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/rule.h"

#include <map>
#include <string>
#include <string_view>

namespace shoji::sigma {

// The searches of a detection by their names.
using Searches = std::map<std::string, Expression, std::less<>>;

inline constexpr std::size_t most_condition_bytes = 65'536;
inline constexpr std::size_t most_condition_depth = 64;
inline constexpr std::size_t most_condition_nodes = 200'000;  // of the whole expression

base::Result<Expression> read_condition(std::string_view condition, const Searches& searches);

}  // namespace shoji::sigma
