// One activity on its way through the detections: who, when, and where their alerts go.
#pragma once

#include "watch/detect/incident/alert.h"
#include "watch/detect/intrusion/lists.h"
#include "watch/detect/intrusion/settings.h"
#include "watch/detect/intrusion/usual.h"
#include "watch/event/activity.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::intrusion {

using incident::Alert;

struct Look {
    const event::Activity& activity;
    const incident::Evidence& evidence;
    const Settings& settings;
    const Lists& lists;
    Age age;
    std::string host;     // host_key()
    std::string process;  // path_key()
    std::vector<Alert>& alerts;

    // An alert of this activity, to be filled further: `what` is a key of the catalogue.
    [[nodiscard]] Alert alert(std::string_view rule, std::string_view what, Level level) const;
    // What it was held against: the values "hosts", "count" and "days", and the words for them.
    void add_baseline(Alert& alert, const Standing& before) const;
};

// One level less, and not less than low: for what is told while there is little to compare with.
Level lowered(Level level);
Level raised(Level level);

}  // namespace shoji::intrusion
