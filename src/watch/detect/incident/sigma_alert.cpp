#include "watch/detect/incident/sigma_alert.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace shoji::incident {
namespace {

std::vector<event::FieldId> choice(event::Names& names, std::span<const std::string_view> fields) {
    std::vector<event::FieldId> ids;
    for (const auto field : fields) ids.push_back(names.add_field(field));
    return ids;
}

std::string_view first_of(const event::Event& event, const std::vector<event::FieldId>& fields) {
    for (const auto field : fields) {
        // Windows writes "-" for nothing.
        if (const auto value = event.value(field); !value.empty() && value != "-") return value;
    }
    return {};
}

// Security's events have hexadecimal numbers, Sysmon's decimal ones.
std::uint64_t number_of(std::string_view text) {
    std::uint64_t number = 0;
    const bool hexadecimal = text.starts_with("0x");
    if (hexadecimal) text.remove_prefix(2);
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number, hexadecimal ? 16 : 10);
    return error == std::errc() && rest == end ? number : 0;
}

using Fields = std::span<const std::string_view>;

constexpr std::array<std::string_view, 3> hosts{"Computer", "Hostname", "host.name"};
constexpr std::array<std::string_view, 4> users{"User", "TargetUserName", "SubjectUserName",
                                                "user.name"};
constexpr std::array<std::string_view, 4> processes{"Image", "NewProcessName", "SourceImage",
                                                    "ProcessName"};
constexpr std::array<std::string_view, 3> process_ids{"NewProcessId", "ProcessId",
                                                      "SourceProcessId"};
constexpr std::array<std::string_view, 4> peers{"DestinationHostname", "QueryName", "DestinationIp",
                                                "IpAddress"};
constexpr std::array<std::string_view, 4> files{"TargetFilename", "TargetObject", "ServiceName",
                                                "TaskName"};

void take_heading(const sigma::Heading& rule, Alert& alert) {
    alert.detector = Detector::sigma;
    alert.rule = rule.id.empty() ? rule.title : rule.id;
    alert.what = "incident.sigma";
    alert.values = {{"title", rule.title}};
    alert.level = rule.level;
    for (const auto& tag : rule.tags) {
        if (auto technique = technique_of(tag); !technique.empty()) {
            alert.techniques.push_back(std::move(technique));
        }
    }
}

}  // namespace

SigmaFields::SigmaFields(event::Names& names)
    : host_(choice(names, hosts)),
      user_(choice(names, users)),
      process_(choice(names, processes)),
      process_id_(choice(names, process_ids)),
      peer_(choice(names, peers)),
      file_(choice(names, files)) {}

Alert SigmaFields::alert_of(const sigma::Heading& rule, const event::Event& event,
                            std::string_view file) const {
    Alert alert;
    alert.time = event.time;
    alert.host = first_of(event, host_);
    alert.user = first_of(event, user_);
    alert.process = first_of(event, process_);
    alert.process_id = number_of(first_of(event, process_id_));
    alert.peer = first_of(event, peer_);
    alert.file = first_of(event, file_);
    take_heading(rule, alert);
    alert.evidence = {{std::string(file), event.record}};
    return alert.bounded();
}

Alert alert_of(const sigma::Heading& rule,
               const std::vector<std::pair<std::string, std::string>>& group,
               const CorrelationPlace& place) {
    Alert alert;
    alert.time = place.time;
    alert.host = place.host;
    for (const auto& [name, value] : group) {
        const auto take = [&](Fields fields, std::string& into) {
            if (into.empty() && std::ranges::find(fields, name) != fields.end()) into = value;
        };
        take(users, alert.user);
        take(processes, alert.process);
        take(peers, alert.peer);
        take(files, alert.file);
    }
    take_heading(rule, alert);
    alert.evidence = {place.evidence};
    return alert.bounded();
}

}  // namespace shoji::incident
