#include "watch/detect/intrusion/credentials.h"

#include "watch/detect/incident/names.h"

#include <algorithm>
#include <utility>

namespace shoji::intrusion {

using event::ActivityKind;

Credentials::Credentials(const Settings& settings) : usual_(settings, settings.most_usual) {
    for (const auto& pattern : settings.canaries) canaries_.emplace_back(pattern);
}

void Credentials::observe(const Look& look) {
    const auto path = incident::path_key(look.activity.path);
    const bool renamed = look.activity.kind == ActivityKind::file_rename;
    const auto target = renamed ? incident::path_key(look.activity.target) : std::string();
    if (canary(look, path) || (renamed && canary(look, target))) return;
    if (look.activity.kind != ActivityKind::file_write) credential(look, path);
}

void Credentials::credential(const Look& look, const std::string& path) {
    const auto* store = look.lists.credential(path);
    if (store == nullptr) return;
    const bool is_owner = std::ranges::any_of(store->owners, [&](const incident::PathGlob& owner) {
        return owner.matches(look.process);
    });
    if (is_owner) return;
    const auto before =
        usual_.meet(store->sort + '|' + shape_of(look.process), look.host, look.age);
    if (before.is_usual) return;
    // While learning, once a program and host: an antivirus would tell for every file.
    if (look.age.is_learning() && before.on_this_host) return;
    const auto level = look.age.is_learning() ? lowered(store->level) : store->level;
    auto alert = look.alert("credential", "intrusion.credential." + store->sort, level);
    alert.file = look.activity.path;
    alert.values = {{"path", incident::clipped(look.activity.path, Alert::most_value)},
                    {"program", alert.process}};
    alert.techniques = {store->technique};
    look.add_baseline(alert, before);
    look.alerts.push_back(std::move(alert));
}

bool Credentials::canary(const Look& look, const std::string& path) {
    const bool is_canary = std::ranges::any_of(
        canaries_, [&](const incident::PathGlob& one) { return one.matches(path); });
    if (!is_canary) return false;
    const bool is_read = look.activity.kind == ActivityKind::file_read;
    const auto before =
        usual_.meet((is_read ? "canary|" : "canary written|") + look.process, look.host, look.age);
    // Antivirus, indexing and backup read everything; nobody changes a canary.
    if (is_read && (before.is_usual || (look.age.is_learning() && before.on_this_host))) {
        return true;
    }
    auto alert = is_read ? look.alert("canary_read", "intrusion.canary_read", Level::low)
                         : look.alert("canary", "intrusion.canary", Level::critical);
    alert.file = look.activity.path;
    alert.values = {{"path", incident::clipped(look.activity.path, Alert::most_value)},
                    {"program", alert.process}};
    alert.techniques = {is_read ? "T1083" : "T1486"};
    look.add_baseline(alert, before);
    look.alerts.push_back(std::move(alert));
    return true;
}

}  // namespace shoji::intrusion
