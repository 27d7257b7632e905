#include "watch/detect/intrusion/persistence.h"

#include "watch/detect/incident/names.h"

#include <utility>

namespace shoji::intrusion {

std::string_view persistence_technique(const event::Activity& service) {
    const auto sort = service.protocol;
    if (sort == "task") return "T1053.005";
    if (sort == "key") return "T1547.001";
    if (sort == "unit") return "T1543.002";
    if (sort == "cron") return "T1053.003";
    if (sort == "service") return "T1543.003";
    // The source did not say: the name does, often enough.
    const auto name = incident::path_key(service.target);
    if (name.find("/currentversion/run") != std::string::npos) return "T1547.001";
    if (name.ends_with(".service") || name.ends_with(".timer")) return "T1543.002";
    if (name.find("/cron") != std::string::npos) return "T1053.003";
    if (name.starts_with('/')) return "T1053.005";
    return "T1543.003";
}

Standing Persistence::observe(const Look& look) {
    const auto technique = persistence_technique(look.activity);
    const auto thing = std::string(technique) + '|' + shape_of(look.activity.target);
    const auto before = usual_.meet(thing, look.host, look.age);
    if (before.is_usual || before.on_this_host || look.age.is_learning()) return before;
    auto level = before.hosts == 0 ? Level::medium : Level::low;
    const bool is_writable = look.lists.is_writable(incident::path_key(look.activity.path));
    if (is_writable) level = raised(level);
    const auto* what = is_writable                  ? "intrusion.persistence.writable"
                       : look.activity.path.empty() ? "intrusion.persistence.bare"
                                                    : "intrusion.persistence";
    auto alert = look.alert("persistence", what, level);
    alert.file = look.activity.path.empty() ? look.activity.target : look.activity.path;
    alert.values = {{"name", incident::clipped(look.activity.target, Alert::most_value)},
                    {"path", incident::clipped(look.activity.path, Alert::most_value)}};
    alert.techniques = {std::string(technique)};
    look.add_baseline(alert, before);
    look.alerts.push_back(std::move(alert));
    return before;
}

}  // namespace shoji::intrusion
