// For tests and fuzz targets.
#pragma once

#include <string_view>

namespace shoji::sigma::testing {

// A correlation of each type, over rules called r and s.
constexpr std::string_view all_correlations = R"(
title: Count
name: count
correlation: {type: event_count, rules: [r], group-by: [G], timespan: 1m, condition: {gte: 2}}
---
title: Values
correlation: {type: value_count, rules: [r], group-by: [G], timespan: 1m, condition: {gte: 2, field: V}}
---
title: Company
correlation: {type: temporal, rules: [r, s, count], timespan: 1m}
---
title: Order
correlation: {type: temporal_ordered, rules: [r, s], group-by: [G], timespan: 1m}
---
title: Sum
correlation: {type: value_sum, rules: [r], group-by: [G], timespan: 1m, condition: {gte: 100, field: N}}
---
title: Average
correlation: {type: value_avg, rules: [r], timespan: 1m, condition: {gte: 40, field: N}}
---
title: Median
correlation: {type: value_median, rules: [r], group-by: [G], timespan: 1m, condition: {gte: 40, field: N}}
---
title: Rare
correlation: {type: value_percentile, rules: [r], timespan: 1m, condition: {lte: 20, field: V}}
)";

}  // namespace shoji::sigma::testing
