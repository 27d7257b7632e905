// A city office at work: people, updates, backups, help desk, rollouts. Nobody does anything wrong.
#pragma once

#include "watch/detect/intrusion/testing/scene.h"

namespace shoji::intrusion::testing {

// Adds the five workdays of that week (0 is the first) on `hosts` terminals, PC1 and on, and two
// servers. The same for the same numbers, whatever machine.
void add_office_week(Scene& scene, unsigned week, unsigned hosts);

}  // namespace shoji::intrusion::testing
