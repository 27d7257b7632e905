// Alerts and activities for tests.
#pragma once

#include "watch/detect/incident/gatherer.h"

#include <string>

namespace shoji::incident::testing {

// A Monday, 09:00 in Japan.
inline constexpr event::Time monday = 1'795'392'000 * second;

inline Alert alert(std::string host, std::string rule, Level level = Level::medium,
                   event::Time time = monday) {
    Alert made;
    made.time = time;
    made.host = std::move(host);
    made.rule = std::move(rule);
    made.level = level;
    made.detector = Detector::intrusion;
    made.what = "incident.sigma";
    made.values = {{"title", made.rule}};
    return made;
}

inline event::Activity started(std::string_view host, std::string_view parent,
                               std::uint64_t parent_id, std::string_view process, std::uint64_t id,
                               event::Time time = monday) {
    event::Activity activity;
    activity.kind = event::ActivityKind::process;
    activity.time = time;
    activity.host = host;
    activity.parent = parent;
    activity.parent_id = parent_id;
    activity.process = process;
    activity.process_id = id;
    return activity;
}

inline event::Activity logon(std::string_view from, std::string_view to,
                             event::Time time = monday) {
    event::Activity activity;
    activity.kind = event::ActivityKind::logon;
    activity.time = time;
    activity.host = to;
    activity.peer = from;
    activity.logon_type = 3;
    return activity;
}

}  // namespace shoji::incident::testing
