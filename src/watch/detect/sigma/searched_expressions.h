// Which expressions Vectorscan looks for. It can take minutes to compile expressions with counts or
// without literals, the longer the more there are, and nothing stops it. So they are given to it
// twice as many at a time, as long as that stays quick; what is left out is asked about one by one,
// by RE2, in linear time. The answers are the same.
#pragma once

#include "watch/detect/sigma/literals.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace shoji::sigma {

struct Searchable {
    std::string text;
    std::size_t size = 0;  // instructions, as RE2 compiles it
};

struct SearchedExpressions {
    std::optional<ManyMatcher> matcher;  // numbers those that it looks for from 0 on
    std::vector<std::size_t> searched;   // which these are
    std::vector<std::size_t> left_out;   // the others
};

inline constexpr std::size_t most_searched_size = 10'000;  // of one expression
// Of one thread, for all expressions of a plan; the last step may take some times as long.
inline constexpr double seconds_for_expressions = 2;

// `seconds_left` becomes what is left of it. An error: Vectorscan does not take one of them.
base::Result<SearchedExpressions> search_for(const std::vector<Searchable>& expressions,
                                             double& seconds_left);

}  // namespace shoji::sigma
