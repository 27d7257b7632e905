#include "watch/detect/incident/alert.h"

#include "watch/detect/incident/names.h"

#include <algorithm>

namespace shoji::incident {
namespace {

constexpr std::size_t most_key = 64;
constexpr std::size_t most_technique = 16;

}  // namespace

std::string_view name_of(Detector detector) {
    switch (detector) {
        case Detector::sigma:
            return "sigma";
        case Detector::intrusion:
            return "intrusion";
        case Detector::exfiltration:
            return "exfiltration";
        case Detector::beacon:
            return "beacon";
        case Detector::analysis:
            return "analysis";
        case Detector::sensor:
            return "sensor";
    }
    return "";
}

Alert Alert::bounded() const {
    Alert copy;
    copy.time = time;
    copy.process_id = process_id;
    copy.detector = detector;
    copy.level = level;
    copy.host = clipped(host, most_name);
    copy.user = clipped(user, 2 * most_name);
    copy.process = clipped(process, most_path);
    copy.peer = clipped(peer, most_path);
    copy.file = clipped(file, most_path);
    copy.rule = clipped(rule, most_rule);
    copy.what = clipped(what, most_key);
    copy.baseline = clipped(baseline, most_key);
    for (std::size_t i = 0; i < std::min(linked.size(), most_linked); ++i) {
        copy.linked.push_back(clipped(linked[i], most_name));
    }
    for (std::size_t i = 0; i < std::min(values.size(), most_values); ++i) {
        copy.values.push_back(
            {clipped(values[i].name, most_key), clipped(values[i].value, most_value)});
    }
    for (const auto& one : techniques) {
        if (one.size() <= most_technique) copy.techniques.push_back(one);
        if (copy.techniques.size() == most_techniques) break;
    }
    for (std::size_t i = 0; i < std::min(evidence.size(), most_evidence); ++i) {
        copy.evidence.push_back({clipped(evidence[i].file, most_path), evidence[i].record});
    }
    return copy;
}

std::size_t Alert::weight() const {
    std::size_t bytes = sizeof(Alert) + host.size() + user.size() + process.size() + peer.size() +
                        file.size() + rule.size() + what.size() + baseline.size();
    for (const auto& one : linked) bytes += sizeof one + one.size();
    for (const auto& one : values) bytes += sizeof one + one.name.size() + one.value.size();
    for (const auto& one : techniques) bytes += sizeof one + one.size();
    for (const auto& one : evidence) bytes += sizeof one + one.file.size();
    return bytes;
}

bool Alert::sound() const {
    return static_cast<std::size_t>(level) < levels &&
           static_cast<std::size_t>(detector) < detectors;
}

std::vector<std::uint8_t> to_bytes(const Alert& alert) {
    base::Saver saver;
    saver(alert.bounded());
    return saver.take();
}

base::Result<Alert> alert_from(std::span<const std::uint8_t> bytes) {
    Alert alert;
    base::Loader loader(bytes);
    loader(alert);
    if (bytes.size() > most_alert_bytes || !loader.finished()) {
        return base::fail(base::ErrorKind::invalid, "what was sent as an alert is none");
    }
    return alert.bounded();
}

std::string technique_of(std::string_view tag) {
    constexpr std::string_view prefix = "attack.t";
    if (!tag.starts_with(prefix)) return {};
    const auto number = tag.substr(prefix.size());
    const bool is_number =
        !number.empty() && number.size() < most_technique &&
        std::ranges::all_of(number, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
    return is_number ? "T" + std::string(number) : std::string();
}

}  // namespace shoji::incident
