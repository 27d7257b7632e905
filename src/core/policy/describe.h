// Problems and changes in the words of the catalogue, one line each, printable.
#pragma once

#include "core/policy/check.h"
#include "core/policy/plan.h"
#include "core/text/text.h"

namespace shoji::policy {

std::string describe(text::Language language, const Problem& problem);

// "add destination demo (Demonstration): https://…", "change route r1: role staff → chief".
std::string describe(text::Language language, const Change& change);

}  // namespace shoji::policy
