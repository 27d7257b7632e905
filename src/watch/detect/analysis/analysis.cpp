#include "watch/detect/analysis/analysis.h"

#include "watch/detect/analysis/beacon_alert.h"
#include "watch/detect/analysis/exfiltration_alert.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace shoji::analysis {

Analysis::Analysis(Settings settings, Lists lists, incident::Suppressions suppressions)
    : settings_(std::move(settings)),
      lists_(std::move(lists)),
      intrusion_(settings_.intrusion, lists_.intrusion),
      gatherer_(settings_.incident, std::move(suppressions)) {
    make_detectors();
}

void Analysis::make_detectors() {
    exfiltration_ =
        std::make_unique<exfiltration::Exfiltration>(settings_.exfiltration, lists_.destinations);
    beacon_ = std::make_unique<beacon::Detector>(settings_.beacon);
    beacon_->set_lists(lists_.young, lists_.known);
}

void Analysis::set_present(event::Time present) {
    const auto seconds = std::clamp<event::Time>(present / incident::second, 0,
                                                 std::numeric_limits<std::uint32_t>::max());
    exfiltration_->set_present(present);
    beacon_->set_present(static_cast<std::uint32_t>(seconds));
    intrusion_.set_present(present);
    gatherer_.set_present(present);
}

void Analysis::take(const Lens& lens, const event::Event& event,
                    std::span<const sigma::Heading* const> hits, std::string_view file,
                    Alerts& told) {
    event::Activity activity;
    if (lens.activities.view(event, activity)) {
        observe(activity, {std::string(file), event.record}, told);
    }
    for (const auto* hit : hits) add(lens.hits.alert_of(*hit, event, file));
}

void Analysis::observe(const event::Activity& activity, const incident::Evidence& evidence,
                       Alerts& told) {
    // Losses change slowly: looking at them each time would cost more than a detector.
    constexpr std::uint64_t losses_each = 1024;
    const auto from = told.size();
    if (activity.time != 0 && activity.time < loaded_until_ - incident::hour) ++seen_before_;
    gatherer_.observe(activity);
    intrusion_.observe(activity, evidence, told);
    exfiltration_->observe(activity, taken_out_);
    for (const auto& alert : taken_out_) told.push_back(alert_of(alert, activity, evidence));
    taken_out_.clear();
    beacon_->add(activity);
    for (const auto& alert : beacon_->take_alerts()) {
        told.push_back(alert_of(alert, activity, evidence));
    }
    if (++since_losses_ >= losses_each) {
        since_losses_ = 0;
        loss_teller_.tell(losses(), gatherer_.now(), false, told);
    }
    gather(told, from);
}

void Analysis::gather(Alerts& alerts, std::size_t from) {
    std::size_t kept = from;
    for (std::size_t at = from; at < alerts.size(); ++at) {
        if (gatherer_.add(alerts[at]) == 0) continue;
        if (kept != at) alerts[kept] = std::move(alerts[at]);
        ++kept;
    }
    alerts.resize(kept);
}

void Analysis::finish(Alerts& told) {
    const auto from = told.size();
    loss_teller_.tell(losses(), gatherer_.now(), true, told);
    gather(told, from);
}

Losses Analysis::losses() const {
    return {exfiltration_->losses(), beacon_->statistics().dropped, intrusion_.losses(),
            gatherer_.losses()};
}

}  // namespace shoji::analysis
