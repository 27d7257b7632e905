#include "watch/detect/intrusion/look.h"

#include "watch/detect/incident/names.h"

namespace shoji::intrusion {

Alert Look::alert(std::string_view rule, std::string_view what, Level level) const {
    Alert made;
    made.time = age.now;
    made.host = activity.host.substr(0, Alert::most_value);
    made.user = activity.user.substr(0, Alert::most_value);
    made.process = incident::clipped(activity.process, incident::most_path);
    made.process_id = activity.process_id;
    made.detector = incident::Detector::intrusion;
    made.rule = rule;
    made.what = what;
    made.level = level;
    if (!evidence.file.empty()) made.evidence.push_back(evidence);
    return made;
}

void Look::add_baseline(Alert& alert, const Standing& before) const {
    alert.values.push_back({"hosts", std::to_string(before.hosts)});
    alert.values.push_back({"count", std::to_string(before.count)});
    alert.values.push_back({"days", std::to_string(age.days())});
    if (age.is_learning()) {
        alert.baseline = "intrusion.baseline.learning";
    } else if (before.hosts == 0) {
        alert.baseline = "intrusion.baseline.never";
    } else if (before.hosts >= Usual::most_hosts) {
        alert.baseline = "intrusion.baseline.many";
    } else {
        alert.baseline = "intrusion.baseline.few";
    }
}

Level lowered(Level level) {
    return level <= Level::low ? Level::low : static_cast<Level>(static_cast<int>(level) - 1);
}

Level raised(Level level) {
    return level >= Level::high ? Level::high : static_cast<Level>(static_cast<int>(level) + 1);
}

}  // namespace shoji::intrusion
