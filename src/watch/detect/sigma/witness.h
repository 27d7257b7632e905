// What must be in an event before a rule can hold: a set of tests of which one at least is true
// whenever the rule is. A rule without such a set is asked about each event of its log source.
#pragma once

#include "watch/detect/sigma/rule.h"

#include <optional>
#include <vector>

namespace shoji::sigma {

struct Witness {
    std::vector<std::uint32_t> tests;  // indexes into Rule::tests
    double cost = 0;                   // how often one of them is true, of one event; an estimate
};

std::optional<Witness> witness_of(const Rule& rule);

// Puts the parts of `expression`, which is the rule's, in the order in which its answer is found
// soonest: what seldom holds first where all must hold, what often holds first where one is enough.
void put_in_order(const Rule& rule, Expression& expression);

}  // namespace shoji::sigma
