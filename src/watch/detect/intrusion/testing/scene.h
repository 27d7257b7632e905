// Activities with the texts that they look at.
#pragma once

#include "watch/detect/incident/clock.h"
#include "watch/event/activity.h"

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::intrusion::testing {

// Monday 2026-11-02, 00:00 in Japan: the first day of every scene.
inline constexpr event::Time first_monday = 1'793'545'200 * incident::second;

struct Scene {
    std::deque<std::string> texts;
    std::vector<event::Activity> activities;

    std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }

    event::Activity& add(event::ActivityKind kind, event::Time time, std::string_view host,
                         std::string_view user) {
        auto& activity = activities.emplace_back();
        activity.kind = kind;
        activity.time = time;
        activity.host = keep(std::string(host));
        activity.user = keep(std::string(user));
        return activity;
    }
    void sort() { std::ranges::stable_sort(activities, {}, &event::Activity::time); }
};

}  // namespace shoji::intrusion::testing
