#include "cli/ocsf_incident.h"

#include "cli/incident_list.h"
#include "cli/ocsf_finding.h"
#include "watch/event/json_text.h"
#include "watch/event/json_tree.h"
#include "watch/event/ocsf.h"

#include <algorithm>

#include <fmt/format.h>

namespace shoji::cli {
namespace {

std::string milliseconds(event::Time time) {
    constexpr event::Time millisecond = 1'000'000;
    return std::to_string(time / millisecond);
}

std::string attacks_of(const std::vector<std::string>& techniques) {
    std::vector<std::string> tags;
    for (auto technique : techniques) {
        if (technique.starts_with('T')) technique.front() = 't';
        tags.push_back("attack." + technique);
    }
    return ocsf_attacks(tags);
}

void put_attacks(event::JsonTree& tree, std::string_view path,
                 const std::vector<std::string>& techniques) {
    if (auto attacks = attacks_of(techniques); !attacks.empty()) {
        tree.put(path, std::move(attacks));
    }
}

std::string list_of(const std::vector<std::string>& names) {
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ",") + event::as_json(name);
    return "[" + list + "]";
}

// One of finding_info_list.
std::string info_of(const IncidentView& view, std::size_t number, text::Language language) {
    const auto& finding = view.incident.findings[number];
    const auto& alert = finding.alert;
    const auto detector = incident::name_of(alert.detector);
    event::JsonTree tree;
    tree.put("uid", event::as_json(fmt::format("{}/{}", view.incident.id, number + 1)));
    tree.put("title", event::as_json(alert_title(alert, language)));
    tree.put("desc", event::as_json(alert_words(alert, language)));
    tree.put("first_seen_time", milliseconds(alert.time));
    tree.put("last_seen_time", milliseconds(finding.last));
    // A rule, or what learns.
    const bool is_rule = alert.detector == incident::Detector::sigma;
    tree.put("analytic.type_id", is_rule ? "1" : "2");
    tree.put("analytic.type", is_rule ? "\"Rule\"" : "\"Behavioral\"");
    tree.put("analytic.name", event::as_json(alert_title(alert, language)));
    tree.put("analytic.uid", event::as_json(fmt::format("{}.{}", detector, alert.rule)));
    put_attacks(tree, "attacks", alert.techniques);
    std::string json;
    tree.write(json);
    return json;
}

int severity_of(const incident::Incident& incident) {
    auto level = incident::Level::informational;
    for (const auto& finding : incident.findings) level = std::max(level, finding.alert.level);
    return static_cast<int>(level) + 1;
}

}  // namespace

std::string ocsf_incident(const IncidentView& view, text::Language language) {
    const auto& incident = view.incident;
    const bool is_over = incident.state == incident::State::over;
    const auto title = event::as_json(incident_title(incident, language));
    event::JsonTree tree;
    tree.put("class_uid", "2005");
    tree.put("class_name", "\"Incident Finding\"");
    tree.put("category_uid", "2");
    tree.put("activity_id", is_over ? "3" : "1");
    tree.put("type_uid", is_over ? "200503" : "200501");
    tree.put("severity_id", std::to_string(severity_of(incident)));
    tree.put("status_id", is_over ? "5" : "1");  // closed, or new
    tree.put("time", milliseconds(incident.last));
    tree.put("start_time", milliseconds(incident.first));
    tree.put("end_time", milliseconds(incident.last));
    tree.put("message", title);
    tree.put("desc", title);
    tree.put("metadata.version", event::as_json(event::OcsfView::version));
    tree.put("metadata.product.name", "\"Shoji\"");
    tree.put("metadata.profiles", "[\"incident\"]");
    // The class asks for somebody, and here nobody has been told to look at it yet.
    tree.put("assignee_group.name", "\"unassigned\"");
    std::string infos;
    for (std::size_t i = 0; i < incident.findings.size(); ++i) {
        infos += (infos.empty() ? "" : ",") + info_of(view, i, language);
    }
    tree.put("finding_info_list", "[" + infos + "]");
    put_attacks(tree, "attacks", incident.techniques());
    tree.put("unmapped.id", std::to_string(incident.id));
    tree.put("unmapped.highest_risk", std::to_string(incident.highest_risk));
    tree.put("unmapped.alerts", std::to_string(incident.alerts));
    tree.put("unmapped.hosts", list_of(incident.host_names()));
    tree.put("unmapped.users", list_of(incident.users));
    std::string json;
    tree.write(json);
    return json;
}

}  // namespace shoji::cli
