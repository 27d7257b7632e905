#include "cli/alert_values.h"
#include "cli/incident_page.h"
#include "core/base/printable.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

namespace shoji::cli {
namespace {

struct Step {
    std::string_view technique;  // its beginning
    std::string_view key;
};

// The most urgent first. ATT&CK's techniques by what has to be done about them.
constexpr std::array<Step, 24> steps{{
    {"T1486", "incident.next.ransomware"},   {"T1485", "incident.next.ransomware"},
    {"T1490", "incident.next.ransomware"},   {"T1021", "incident.next.lateral"},
    {"T1570", "incident.next.lateral"},      {"T1047", "incident.next.lateral"},
    {"T1003", "incident.next.credentials"},  {"T1555", "incident.next.credentials"},
    {"T1552", "incident.next.credentials"},  {"T1041", "incident.next.exfiltration"},
    {"T1048", "incident.next.exfiltration"}, {"T1567", "incident.next.exfiltration"},
    {"T1052", "incident.next.exfiltration"}, {"T1071", "incident.next.outside"},
    {"T1568", "incident.next.outside"},      {"T1572", "incident.next.outside"},
    {"T1543", "incident.next.persistence"},  {"T1053", "incident.next.persistence"},
    {"T1547", "incident.next.persistence"},  {"T1566", "incident.next.entry"},
    {"T1204", "incident.next.entry"},        {"T1189", "incident.next.entry"},
    {"T1190", "incident.next.server"},       {"T1505", "incident.next.server"},
}};

std::string listed(const std::vector<std::string>& names) {
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    return base::printable(list, 2000);
}

}  // namespace

std::string alert_words(const incident::Alert& alert, text::Language language) {
    constexpr std::size_t most = 400;
    const auto values = shown_values(alert, language);
    auto words = base::printable(text::say(language, alert.what, std::span(values)), 4 * most);
    if (alert.baseline.empty()) return words;
    const auto baseline =
        base::printable(text::say(language, alert.baseline, std::span(values)), 4 * most);
    return text::say(language, "incident.with_baseline", {{"what", words}, {"baseline", baseline}});
}

std::string alert_title(const incident::Alert& alert, text::Language language) {
    // The title of a rule says what it is about.
    if (alert.detector == incident::Detector::sigma && !alert.values.empty()) {
        return base::printable(alert.values.front().value, incident::Alert::most_value);
    }
    const auto key =
        fmt::format("incident.title.{}.{}", incident::name_of(alert.detector), alert.rule);
    return text::knows(key) ? text::say(language, key) : base::printable(alert.rule, 100);
}

std::string technique_words(const std::string& technique, text::Language language) {
    const auto key = "incident.technique." + technique;
    auto shown = base::printable(technique, 32);
    if (text::knows(key)) shown += ' ' + text::say(language, key);
    return shown;
}

std::vector<std::string> next_steps(const incident::Incident& incident, text::Language language) {
    std::vector<std::string> list;
    const auto techniques = incident.techniques();
    const bool is_grave = std::ranges::any_of(incident.rules, [](const incident::RuleRisk& rule) {
        return rule.level >= incident::Level::high;
    });
    if (is_grave) {
        list.push_back(text::say(language, "incident.next.isolate",
                                 {{"hosts", listed(incident.host_names())}}));
    }
    for (const auto& step : steps) {
        const bool applies = std::ranges::any_of(techniques, [&](const std::string& technique) {
            return technique.starts_with(step.technique);
        });
        if (!applies) continue;
        auto words = text::say(language, step.key);
        if (std::ranges::find(list, words) == list.end()) list.push_back(std::move(words));
    }
    list.push_back(text::say(language, "incident.next.record"));
    return list;
}

}  // namespace shoji::cli
