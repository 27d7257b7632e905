#include "watch/detect/analysis/exfiltration_alert.h"

#include "watch/event/time.h"

namespace shoji::analysis {
namespace {

using exfiltration::Kind;
using exfiltration::Medium;
using incident::Level;

std::string_view unit_of(const exfiltration::Alert& alert) {
    if (alert.kind == Kind::my_number) return "numbers";
    if (alert.kind == Kind::tunnel) return "characters";
    if (alert.medium == Medium::print) return "pages";
    if (alert.medium == Medium::capture) return "pictures";
    return "bytes";
}

// What is more than usual may have a reason, unless it is far beyond all that is known: what is
// told again, when it has become four times as much, is. The other kinds have hardly any.
Level level_of(const exfiltration::Alert& alert) {
    constexpr std::uint64_t far = 4;
    constexpr std::uint64_t very_far = 50;
    switch (alert.kind) {
        case Kind::volume_day:
        case Kind::volume_hour:
        case Kind::pair_day:
        case Kind::pair_week:
        case Kind::program_day:
            if (alert.amount / very_far >= alert.baseline.limit) return Level::critical;
            return alert.amount / far >= alert.baseline.limit ? Level::high : Level::medium;
        case Kind::leak:
            return Level::medium;
        case Kind::chain:
        case Kind::tunnel:
        case Kind::protocol:
        case Kind::my_number:
            return Level::high;
    }
    return Level::medium;
}

// MITRE ATT&CK, enterprise, version 15: the tactic Exfiltration (TA0010), and what comes before it.
std::vector<std::string> by_medium(Medium medium) {
    switch (medium) {
        case Medium::web:
        case Medium::input:
            return {"T1048"};
        case Medium::storage:
            return {"T1567.002"};
        case Medium::paste:
            return {"T1567.003"};
        case Medium::mail:
            return {"T1048.003"};
        case Medium::stick:
            return {"T1052.001"};
        case Medium::share:
            return {"T1074.002"};
        case Medium::print:
            return {"T1052"};
        case Medium::capture:
            return {"T1113"};
        case Medium::icmp:
            return {"T1048.003", "T1095"};
    }
    return {};
}

std::vector<std::string> techniques_of(const exfiltration::Alert& alert) {
    switch (alert.kind) {
        case Kind::leak:
            return {"T1030", "T1041"};
        case Kind::tunnel:
            return {"T1048.003", "T1071.004"};
        case Kind::protocol:
            return {"T1048", "T1571"};
        case Kind::chain: {
            auto list = by_medium(alert.medium);
            list.insert(list.begin(), {"T1039", "T1560"});
            return list;
        }
        default:
            return by_medium(alert.medium);
    }
}

std::string baseline_of(const exfiltration::Alert& alert) {
    switch (alert.kind) {
        case Kind::leak:
        case Kind::chain:
        case Kind::protocol:
        case Kind::my_number:
            return "exfiltration.baseline." + std::string(exfiltration::name_of(alert.kind));
        default:
            return "exfiltration.baseline." +
                   std::string(exfiltration::name_of(alert.baseline.from));
    }
}

}  // namespace

incident::Alert alert_of(const exfiltration::Alert& alert, const event::Activity& activity,
                         const incident::Evidence& evidence) {
    constexpr std::size_t to_minutes = 16;
    incident::Alert made;
    made.time = alert.time;
    made.host = alert.host;
    made.user = alert.user;
    made.process = alert.process;
    made.process_id = activity.process_id;
    made.peer = alert.destination;
    made.file = alert.source;
    made.detector = incident::Detector::exfiltration;
    made.rule = exfiltration::name_of(alert.kind);
    made.what = "exfiltration." + made.rule;
    made.baseline = baseline_of(alert);
    made.level = level_of(alert);
    made.techniques = techniques_of(alert);
    made.values = {{"destination", alert.destination},
                   {"medium", std::string(exfiltration::name_of(alert.medium))},
                   {"amount", std::to_string(alert.amount)},
                   {"unit", std::string(unit_of(alert))},
                   {"count", std::to_string(alert.count)},
                   {"since", event::format_time(alert.since).substr(0, to_minutes) + "Z"},
                   {"usual", std::to_string(alert.baseline.median)},
                   {"limit", std::to_string(alert.baseline.limit)},
                   {"from", std::string(exfiltration::name_of(alert.baseline.from))},
                   {"samples", std::to_string(alert.baseline.samples)},
                   {"process", alert.process},
                   {"source", alert.source}};
    if (!evidence.file.empty()) made.evidence = {evidence};
    return made.bounded();
}

}  // namespace shoji::analysis
