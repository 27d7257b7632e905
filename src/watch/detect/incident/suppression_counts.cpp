#include "watch/detect/incident/suppression_counts.h"

namespace shoji::incident {

SuppressedCount& SuppressionCounts::of(const Suppression& suppression, const Alert& alert,
                                       event::Time now) {
    const auto identity = suppression.identity();
    auto& count = counts_.touch(identity + '\n' + alert.rule);
    count.suppression = identity;
    count.rule = alert.rule;
    count.last = now;
    return count;
}

void SuppressionCounts::held(const Suppression& suppression, const Alert& alert, event::Time now) {
    ++of(suppression, alert, now).held;
    ++held_;
}

void SuppressionCounts::late(const Suppression& suppression, const Alert& alert, event::Time now) {
    ++of(suppression, alert, now).late;
}

std::vector<SuppressedCount> SuppressionCounts::all() const {
    std::vector<SuppressedCount> list;
    counts_.for_each(
        [&](const std::string&, const SuppressedCount& count) { list.push_back(count); });
    return list;
}

}  // namespace shoji::incident
