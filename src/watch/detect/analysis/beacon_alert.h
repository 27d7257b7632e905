// An alert of talk to the outside in the shape of all detectors'.
#pragma once

#include "watch/detect/beacon/alert.h"
#include "watch/detect/incident/alert.h"
#include "watch/event/activity.h"

#include <string_view>

namespace shoji::analysis {

// What suppressions name it: "long_connection".
std::string_view rule_of(beacon::AlertKind kind);

// `activity`: the one that led to it, which tells user and program; `evidence`: where it stands in
// the logs.
incident::Alert alert_of(const beacon::Alert& alert, const event::Activity& activity,
                         const incident::Evidence& evidence);

}  // namespace shoji::analysis
