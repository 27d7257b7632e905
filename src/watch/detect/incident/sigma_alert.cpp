#include "watch/detect/incident/sigma_alert.h"

#include <charconv>
#include <initializer_list>

namespace shoji::incident {
namespace {

std::vector<event::FieldId> choice(event::Names& names,
                                   std::initializer_list<std::string_view> fields) {
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

}  // namespace

SigmaFields::SigmaFields(event::Names& names)
    : host_(choice(names, {"Computer", "Hostname", "host.name"})),
      user_(choice(names, {"User", "TargetUserName", "SubjectUserName", "user.name"})),
      process_(choice(names, {"Image", "NewProcessName", "SourceImage", "ProcessName"})),
      process_id_(choice(names, {"NewProcessId", "ProcessId", "SourceProcessId"})),
      peer_(choice(names, {"DestinationHostname", "QueryName", "DestinationIp", "IpAddress"})),
      file_(choice(names, {"TargetFilename", "TargetObject", "ServiceName", "TaskName"})) {}

Alert SigmaFields::alert_of(const sigma::Rule& rule, const event::Event& event,
                            std::string_view file) const {
    Alert alert;
    alert.time = event.time;
    alert.host = first_of(event, host_);
    alert.user = first_of(event, user_);
    alert.process = first_of(event, process_);
    alert.process_id = number_of(first_of(event, process_id_));
    alert.peer = first_of(event, peer_);
    alert.file = first_of(event, file_);
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
    alert.evidence = {{std::string(file), event.record}};
    return alert.bounded();
}

}  // namespace shoji::incident
