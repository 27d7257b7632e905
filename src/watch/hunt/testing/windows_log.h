// For tests: activities as Windows' logs would have told of them, as JSON lines of Winlogbeat's
// shape. Only what Windows logs is there: kinds that it does not log are left out.
#pragma once

#include "watch/event/activity.h"

#include <string>

namespace shoji::hunt::testing {

// A line with its end; empty for what is left out.
std::string windows_line(const event::Activity& activity);

}  // namespace shoji::hunt::testing
