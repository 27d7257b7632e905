#include "watch/detect/intrusion/parents.h"

#include "watch/detect/incident/names.h"

#include <utility>

namespace shoji::intrusion {

Standing Parents::observe(const Look& look) {
    const auto parent = incident::program_name(look.activity.parent);
    const auto child = incident::program_name(look.activity.process);
    if (parent.empty() || child.empty()) return {};
    const auto starts = starts_.meet(parent, look.host, look.age);
    const auto before = pairs_.meet(parent + '|' + child, look.host, look.age);
    const auto* technique = look.lists.child(child);
    if (technique == nullptr || before.is_usual) return before;
    const auto* listed = look.lists.parent(parent);
    const bool is_rare = listed == nullptr && !look.age.is_learning() && before.count == 0 &&
                         starts.is_usual && starts.count >= look.settings.parent_starts;
    if (listed == nullptr && !is_rare) return before;
    // While learning, once a host: then it is what that host does.
    if (look.age.is_learning() && before.on_this_host) return before;
    auto level = is_rare ? Level::low : listed->level;
    if (look.age.is_learning()) level = lowered(level);
    auto alert = listed == nullptr
                     ? look.alert("rare_parent", "intrusion.rare_parent", level)
                     : look.alert("odd_parent", "intrusion.odd_parent." + listed->name, level);
    alert.file = look.activity.process;
    alert.values = {{"parent", incident::clipped(look.activity.parent, Alert::most_value)},
                    {"program", alert.process},
                    {"command", incident::clipped(look.activity.command, Alert::most_value)},
                    {"starts", std::to_string(starts.count)}};
    alert.techniques = {*technique};
    if (listed != nullptr) alert.techniques.push_back(listed->technique);
    look.add_baseline(alert, before);
    look.alerts.push_back(std::move(alert));
    return before;
}

}  // namespace shoji::intrusion
