#include "watch/detect/analysis/beacon_alert.h"

#include "watch/event/time.h"

#include <fmt/format.h>

namespace shoji::analysis {
namespace {

using beacon::AlertKind;
using incident::Level;

constexpr std::string_view by_query = "dns:";
constexpr std::string_view by_denial = "denied:";

// The destination as beacon tells it, apart (beacon/alert.h).
struct Told {
    std::string_view name;
    bool is_query = false;
    bool is_fronted = false;  // another host header than the name, or none
};

Told told_of(std::string_view destination) {
    Told told{destination};
    if (told.name.starts_with(by_query)) {
        told.is_query = true;
        told.name.remove_prefix(by_query.size());
    } else if (told.name.starts_with(by_denial)) {
        told.name.remove_prefix(by_denial.size());
    }
    if (const auto blank = told.name.find(' '); blank != std::string_view::npos) {
        told.is_fronted = true;
        told.name = told.name.substr(0, blank);
    }
    return told;
}

Level level_of(const beacon::Alert& alert) {
    constexpr double sure = 0.95;
    switch (alert.kind) {
        case AlertKind::beacon:
            return alert.threat >= sure ? Level::high : Level::medium;
        case AlertKind::generated_names:
            return Level::high;
        case AlertKind::long_connection:
        case AlertKind::rare_destination:
        case AlertKind::young_domain:
        case AlertKind::denied:
            return Level::medium;
        case AlertKind::flood:
            return Level::low;
    }
    return Level::medium;
}

// MITRE ATT&CK, enterprise, version 15: the tactic Command and Control (TA0011).
std::vector<std::string> techniques_of(AlertKind kind, const Told& told) {
    const std::string channel = told.is_query ? "T1071.004" : "T1071.001";
    switch (kind) {
        case AlertKind::generated_names:
            return {"T1568.002"};
        case AlertKind::young_domain:
            return {channel, "T1583.001"};
        case AlertKind::long_connection:
            return {channel, "T1573"};
        case AlertKind::denied:
            return {"T1071"};
        case AlertKind::flood:
            return {"T1046"};
        case AlertKind::beacon:
        case AlertKind::rare_destination:
            break;
    }
    if (told.is_fronted) return {channel, "T1090.004"};
    return {channel};
}

std::string decimal(double value) {
    return fmt::format("{:.1f}", value);
}

}  // namespace

std::string_view rule_of(AlertKind kind) {
    switch (kind) {
        case AlertKind::beacon:
            return "beacon";
        case AlertKind::long_connection:
            return "long_connection";
        case AlertKind::rare_destination:
            return "rare_destination";
        case AlertKind::young_domain:
            return "young_domain";
        case AlertKind::generated_names:
            return "generated_names";
        case AlertKind::denied:
            return "denied";
        case AlertKind::flood:
            return "flood";
    }
    return {};
}

incident::Alert alert_of(const beacon::Alert& alert, const event::Activity& activity,
                         const incident::Evidence& evidence) {
    constexpr std::size_t to_minutes = 16;
    const auto told = told_of(alert.destination);
    incident::Alert made;
    made.time = alert.time;
    made.host = alert.host;
    // A terminal's name may have been cut for the table.
    if (made.host.starts_with('~')) made.host = activity.host;
    made.user = activity.user;
    made.process = activity.process;
    made.process_id = activity.process_id;
    made.peer = told.name;
    made.detector = incident::Detector::beacon;
    made.rule = rule_of(alert.kind);
    made.what = "beacon." + made.rule;
    if (alert.kind == AlertKind::beacon) {
        made.what += told.is_query ? ".dns" : alert.middle_size == 0 ? ".unsized" : "";
    }
    const bool is_about_host =
        alert.kind == AlertKind::generated_names || alert.kind == AlertKind::flood;
    made.baseline = is_about_host ? "beacon.baseline.city" : "beacon.baseline.destination";
    made.level = level_of(alert);
    made.techniques = techniques_of(alert.kind, told);
    made.values = {{"destination", alert.destination},
                   {"contacts", std::to_string(alert.contacts)},
                   {"since", event::format_time(alert.first).substr(0, to_minutes) + "Z"},
                   {"threat", fmt::format("{:.2f}", alert.threat)},
                   {"pause", fmt::format("{:.0f}", alert.middle_pause)},
                   {"size", fmt::format("{:.0f}", alert.middle_size)},
                   {"hours", decimal(alert.open_hours)},
                   {"names", std::to_string(alert.names)},
                   {"hosts", std::to_string(alert.hosts)},
                   {"network", std::to_string(alert.network)},
                   {"known", decimal(alert.known_days)},
                   {"days", decimal(alert.observed_days)}};
    if (!evidence.file.empty()) made.evidence = {evidence};
    return made.bounded();
}

}  // namespace shoji::analysis
