// A compiled plan as bytes, and back: compiling takes a second, reading it back some milliseconds.
// The bytes are for the program that wrote them, on the machine that wrote them: they carry a
// version and a sum, and what they say is checked before it is used, but for the matchers' own
// code, which Vectorscan checks by its sum alone. Whoever keeps them must see to it that nobody
// else can write them.
#pragma once

#include "watch/detect/sigma/plan.h"

#include <string>
#include <string_view>

namespace shoji::sigma {

std::string to_bytes(const Plan& plan, const event::Names& names);

// An error when the bytes are damaged, of another version, or were made with other names before:
// `names` must be as they were before the plan's rules were read, and have the plan's names
// afterwards.
base::Result<Plan> from_bytes(std::string_view bytes, event::Names& names);

// What to_bytes() puts at the end, of all that stands before. For tests.
std::uint64_t sum_of(std::string_view bytes);

}  // namespace shoji::sigma
