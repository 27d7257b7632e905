// An alert as a line of JSON, among the events that --print writes.
#pragma once

#include "watch/detect/incident/alert.h"

namespace shoji::station {

void print_alert(const incident::Alert& alert, int descriptor);

}  // namespace shoji::station
