// The log sources that the readers of this room tell apart.
#pragma once

#include "watch/event/names.h"

namespace shoji::event {

// Adds their products, services and categories, where no rules are read that would name those that
// they ask for. Windows' are WindowsSources'.
void add_log_sources(Names& names);

}  // namespace shoji::event
