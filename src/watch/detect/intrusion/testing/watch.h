// A detector past its learning, and activities for it.
#pragma once

#include "watch/detect/intrusion/detector.h"
#include "watch/detect/intrusion/testing/lists.h"
#include "watch/detect/intrusion/testing/scene.h"

namespace shoji::intrusion::testing {

inline event::Activity activity(event::ActivityKind kind, std::string_view host,
                                std::string_view process, event::Time time) {
    event::Activity made;
    made.kind = kind;
    made.time = time;
    made.host = host;
    made.user = "CITY\\tanaka";
    made.process = process;
    return made;
}

struct Watch {
    explicit Watch(Settings settings = {}) : detector(std::move(settings), lists()) {
        // Two hosts, so that the clock believes neither alone.
        pass(first_monday);
    }

    // Time goes by, with nothing to see.
    void pass(event::Time until) {
        for (event::Time at = now == 0 ? until : now; at <= until; at += 12 * incident::hour) {
            for (const auto* host : {"idle1", "idle2"}) {
                see(activity(event::ActivityKind::print, host, "", at));
            }
        }
        now = until;
        see(activity(event::ActivityKind::print, "idle1", "", now));
    }
    void learn() { pass(first_monday + 8 * incident::day); }

    // The alerts of this one.
    std::vector<Alert> see(event::Activity one) {
        std::vector<Alert> alerts;
        detector.observe(one, {"log", ++record}, alerts);
        return alerts;
    }

    Detector detector;
    event::Time now = 0;
    std::uint64_t record = 0;
};

}  // namespace shoji::intrusion::testing
