// What the analysis takes from an event: the activity that it is, and its rules' hits as alerts.
#pragma once

#include "watch/detect/incident/sigma_alert.h"
#include "watch/event/activity_view.h"

namespace shoji::analysis {

struct Lens {
    // Adds the names that it asks for: before the first event is read.
    explicit Lens(event::Names& names) : activities(names), hits(names) {}

    event::ActivityView activities;
    incident::SigmaFields hits;
};

}  // namespace shoji::analysis
