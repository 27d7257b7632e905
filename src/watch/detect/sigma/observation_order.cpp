#include "watch/detect/sigma/observation_order.h"

#include <algorithm>

namespace shoji::sigma {

void ObservationOrder::add(Observation observation, std::vector<Observation>& ready) {
    newest_ = std::max(newest_, observation.time);
    const auto time = observation.time;
    held_.emplace(std::pair(time, came_++), std::move(observation));
    while (!held_.empty() &&
           (held_.size() > most_ || held_.begin()->first.first <= newest_ - slack_)) {
        ready.push_back(std::move(held_.begin()->second));
        held_.erase(held_.begin());
    }
}

void ObservationOrder::finish(std::vector<Observation>& ready) {
    for (auto& [key, observation] : held_) ready.push_back(std::move(observation));
    held_.clear();
}

}  // namespace shoji::sigma
