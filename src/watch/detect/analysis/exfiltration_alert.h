// An alert of data taken out in the shape of all detectors'.
#pragma once

#include "watch/detect/exfiltration/alert.h"
#include "watch/detect/incident/alert.h"
#include "watch/event/activity.h"

namespace shoji::analysis {

// `activity`: the one that completed it; `evidence`: where that stands in the logs.
//
// Its values are as programs read them: "amount", "usual" and "limit" are whole numbers of "unit"
// (bytes, pages, pictures, characters, numbers), "medium" and "from" are name_of()s.
incident::Alert alert_of(const exfiltration::Alert& alert, const event::Activity& activity,
                         const incident::Evidence& evidence);

}  // namespace shoji::analysis
