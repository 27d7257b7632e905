#include "cli/incident_page.h"
#include "core/base/printable.h"
#include "watch/event/time.h"

#include <boost/json/array.hpp>

namespace shoji::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t most_cell = 2000;

json::string text_of(std::string_view text) {
    return json::string(base::printable(text, most_cell));
}

json::value time_of(event::Time time) {
    if (time == 0) return nullptr;
    return json::string(event::format_time(time));
}

json::string word(std::string_view text) {
    return json::string(json::string_view(text.data(), text.size()));
}

json::array names(const std::vector<std::string>& list) {
    json::array all;
    for (const auto& one : list) all.emplace_back(text_of(one));
    return all;
}

json::array tallies(const std::vector<incident::Tally>& list) {
    json::array all;
    for (const auto& one : list) {
        all.push_back({{"name", text_of(one.name)}, {"count", one.count}});
    }
    return all;
}

json::object finding(const incident::Finding& one, text::Language language) {
    const auto& alert = one.alert;
    json::object values;
    for (const auto& value : alert.values) values[text_of(value.name)] = text_of(value.value);
    json::array evidence;
    for (const auto& place : alert.evidence) {
        evidence.push_back({{"file", text_of(place.file)}, {"record", place.record}});
    }
    return {{"first", time_of(alert.time)},
            {"last", time_of(one.last)},
            {"count", one.count},
            {"level", word(sigma::name_of(alert.level))},
            {"detector", word(incident::name_of(alert.detector))},
            {"rule", text_of(alert.rule)},
            {"host", text_of(alert.host)},
            {"user", text_of(alert.user)},
            {"process", text_of(alert.process)},
            {"processId", alert.process_id},
            {"peer", text_of(alert.peer)},
            {"file", text_of(alert.file)},
            {"what", text_of(alert_words(alert, language))},
            {"key", text_of(alert.what)},
            {"values", std::move(values)},
            {"techniques", names(alert.techniques)},
            {"evidence", std::move(evidence)}};
}

json::array processes(const incident::Incident& incident) {
    json::array all;
    for (const auto& node : incident.processes) {
        json::value parent;
        if (node.parent != incident::TreeNode::no_parent) parent = node.parent;
        all.push_back({{"parent", parent},
                       {"host", text_of(node.host)},
                       {"id", node.id},
                       {"image", text_of(node.image)},
                       {"command", text_of(node.command)},
                       {"user", text_of(node.user)},
                       {"started", time_of(node.started)},
                       {"alerts", node.alerts}});
    }
    return all;
}

json::array earlier(const IncidentView& view, text::Language language) {
    json::array all;
    for (const auto& one : view.gatherer.earlier(view.incident)) {
        incident::Alert alert;
        alert.time = one.first;
        alert.what = one.what;
        alert.values = one.values;
        all.push_back({{"first", time_of(one.first)},
                       {"last", time_of(one.last)},
                       {"count", one.count},
                       {"level", word(sigma::name_of(one.level))},
                       {"detector", word(incident::name_of(one.detector))},
                       {"rule", text_of(one.rule)},
                       {"host", text_of(one.host)},
                       {"user", text_of(one.user)},
                       {"what", text_of(alert_words(alert, language))},
                       {"suppressed", one.suppressed},
                       {"incident", one.incident}});
    }
    return all;
}

std::string_view name_of(incident::State state) {
    switch (state) {
        case incident::State::gathering:
            return "gathering";
        case incident::State::open:
            return "open";
        case incident::State::over:
            return "over";
    }
    return "";
}

std::string_view name_of(incident::Cause cause) {
    switch (cause) {
        case incident::Cause::none:
            return "none";
        case incident::Cause::risk:
            return "risk";
        case incident::Cause::critical:
            return "critical";
    }
    return "";
}

}  // namespace

json::object incident_json(const IncidentView& view, text::Language language) {
    const auto& incident = view.incident;
    json::array timeline;
    for (const auto& one : incident.findings) timeline.push_back(finding(one, language));
    json::array joined;
    for (const auto id : incident.joined) joined.push_back(id);
    const auto& lost = incident.beyond;
    return {{"id", incident.id},
            {"state", word(name_of(incident.state))},
            {"cause", word(name_of(incident.cause))},
            {"risk", view.gatherer.risk(incident)},
            {"highestRisk", incident.highest_risk},
            {"first", time_of(incident.first)},
            {"last", time_of(incident.last)},
            {"opened", time_of(incident.opened)},
            {"alerts", incident.alerts},
            {"hosts", names(incident.hosts)},
            {"users", names(incident.users)},
            {"peers", tallies(incident.peers)},
            {"files", tallies(incident.files)},
            {"techniques", names(incident.techniques())},
            {"next", names(next_steps(incident, language))},
            {"timeline", std::move(timeline)},
            {"processes", processes(incident)},
            {"treeCut", names(view.cut_hosts)},
            {"earlier", earlier(view, language)},
            {"joined", std::move(joined)},
            {"beyond", json::object{{"findings", lost.findings},
                                    {"hosts", lost.hosts},
                                    {"users", lost.users},
                                    {"processes", lost.processes},
                                    {"files", lost.files},
                                    {"peers", lost.peers},
                                    {"rules", lost.rules}}}};
}

}  // namespace shoji::cli
