#include "cli/incident_list.h"

#include "cli/html.h"
#include "cli/incident_page.h"
#include "cli/timeline.h"
#include "core/base/printable.h"

#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace shoji::cli {
namespace {

namespace json = boost::json;

const incident::Alert* gravest(const incident::Incident& incident) {
    const auto found = std::ranges::max_element(
        incident.findings, {},
        [](const incident::Finding& finding) { return finding.alert.level; });
    return found == incident.findings.end() ? nullptr : &found->alert;
}

// At most so many, and how many more there are.
std::string some(const std::vector<std::string>& names, std::size_t most) {
    constexpr std::size_t most_bytes = 64;
    std::string list;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i) {
        const auto name = names[i].empty() ? "-" : base::printable(names[i], most_bytes);
        list += (i == 0 ? "" : ", ") + name;
    }
    if (names.size() > most) list += fmt::format(" +{}", names.size() - most);
    return list;
}

std::vector<std::string> row_of(const incident::Incident& incident, const event::TimeZone& zone,
                                text::Language language) {
    constexpr std::size_t most = 3;
    const auto* alert = gravest(incident);
    const auto level = alert == nullptr ? incident::Level::informational : alert->level;
    return {
        std::to_string(incident.id),
        std::to_string(incident.highest_risk),
        shown_level(level, language),
        text::say(language, incident.state == incident::State::open ? "incident.page.state.open"
                                                                    : "incident.page.state.over"),
        some(incident.host_names(), most),
        some(incident.techniques(), most),
        shown_minute(incident.first, zone),
        shown_minute(incident.last, zone),
        incident_title(incident, language)};
}

constexpr std::array<std::string_view, 9> header_keys{
    "incident.list.number", "incident.list.risk",  "hunt.level",
    "incident.list.state",  "incident.list.hosts", "incident.list.techniques",
    "incident.list.first",  "incident.list.last",  "incident.list.title"};

// Which zone the times are of stands in it.
std::vector<std::string> header_of(const event::TimeZone& zone, text::Language language) {
    std::vector<std::string> header;
    for (const auto key : header_keys) {
        header.push_back(text::say(language, key, {{"zone", zone.name()}}));
    }
    return header;
}

json::string word(std::string_view text) {
    return json::string(base::printable(text, 2 * incident::Alert::most_value));
}

void list_as_json(const incident::Gatherer& gatherer, TerminalOutput& output) {
    for (const auto* incident : gatherer.opened()) {
        output.line(json::serialize(
            json::object{{"incident", incident_json({*incident, gatherer}, output.language())}}));
    }
    const auto all = gatherer.suppressions().all();
    for (const auto& count : gatherer.suppressed()) {
        const auto found =
            std::ranges::find(all, count.suppression, &incident::Suppression::identity);
        json::object one{{"conditions", word(count.suppression)},
                         {"rule", word(count.rule)},
                         {"held", count.held},
                         {"letThrough", count.late}};
        if (found != all.end()) {
            one["owner"] = word(found->owner);
            one["reason"] = word(found->reason);
        }
        output.line(json::serialize(json::object{{"suppression", std::move(one)}}));
    }
}

}  // namespace

std::string incident_title(const incident::Incident& incident, text::Language language) {
    const auto* alert = gravest(incident);
    return alert == nullptr ? "-" : alert_title(*alert, language);
}

void list_incidents(const incident::Gatherer& gatherer, const event::TimeZone& zone,
                    TerminalOutput& output) {
    if (output.json()) return list_as_json(gatherer, output);
    std::vector<std::vector<std::string>> rows;
    for (const auto* incident : gatherer.opened()) {
        rows.push_back(row_of(*incident, zone, output.language()));
    }
    output.say("incident.list.heading", {{"count", std::to_string(rows.size())}});
    if (!rows.empty()) {
        const auto header = header_of(zone, output.language());
        output.table(std::vector<std::string_view>(header.begin(), header.end()), rows);
    }
    const auto suppressions = suppressions_text(gatherer, zone, output.language());
    if (suppressions.empty()) return;
    output.say("cli.blank");
    output.line(suppressions.substr(0, suppressions.size() - 1));
}

void list_unused_suppressions(const incident::Gatherer& gatherer, const event::TimeZone& zone,
                              TerminalOutput& output) {
    for (const auto* one : gatherer.unused_suppressions()) {
        if (output.json()) {
            output.line(json::serialize(json::object{
                {"unusedSuppression", json::object{{"conditions", word(one->identity())},
                                                   {"line", one->line},
                                                   {"owner", word(one->owner)},
                                                   {"reason", word(one->reason)}}}}));
        } else {
            output.line(unused_suppression_words(*one, zone, output.language()));
        }
    }
}

Exit show_incident(const incident::Gatherer& gatherer, std::uint64_t number,
                   const event::TimeZone& zone, TerminalOutput& output) {
    const auto* incident = gatherer.find(number);
    if (incident == nullptr) {
        return output.fail(Exit::not_found, "incident.list.none_such",
                           {{"number", std::to_string(number)}});
    }
    const IncidentView view{*incident, gatherer, zone};
    if (output.json()) {
        output.result(incident_json(view, output.language()));
    } else {
        const auto page = incident_text(view, output.language());
        output.line(page.substr(0, page.size() - 1));
    }
    return Exit::done;
}

std::string incidents_html(const incident::Gatherer& gatherer, const event::TimeZone& zone,
                           text::Language language) {
    const auto incidents = gatherer.opened();
    const auto say = [&](std::string_view key) { return escaped(text::say(language, key)); };
    std::string html = fmt::format("<section><h2>{}</h2>\n", say("incident.list.title_of_section"));
    if (incidents.empty())
        return html + fmt::format("<p>{}</p></section>\n", say("cli.list_empty"));
    html += "<table><thead><tr>";
    for (const auto& name : header_of(zone, language)) {
        html += fmt::format("<th scope=\"col\">{}</th>", escaped(name));
    }
    html += "</tr></thead><tbody>\n";
    for (const auto* incident : incidents) {
        const auto row = row_of(*incident, zone, language);
        const auto* alert = gravest(*incident);
        html += fmt::format("<tr><td class=\"number\"><a href=\"#incident-{0}\">{0}</a></td>",
                            incident->id);
        for (std::size_t i = 1; i < row.size(); ++i) {
            const bool is_level = header_keys.at(i) == "hunt.level" && alert != nullptr;
            html += is_level ? fmt::format("<td class=\"level\" style=\"color:{}\">{}</td>",
                                           colour_of(alert->level), escaped(row[i]))
                             : fmt::format("<td>{}</td>", escaped(row[i]));
        }
        html += "</tr>\n";
    }
    html += "</tbody></table>\n";
    for (const auto* incident : incidents) {
        const auto page = incident_text({*incident, gatherer, zone}, language);
        html += fmt::format(
            "<details id=\"incident-{}\"><summary>{}: {}</summary><pre>{}</pre></details>\n",
            incident->id,
            escaped(
                text::say(language, "incident.page.title", {{"id", std::to_string(incident->id)}})),
            escaped(incident_title(*incident, language)), escaped_lines(page));
    }
    const auto suppressions = suppressions_text(gatherer, zone, language);
    if (!suppressions.empty()) html += fmt::format("<pre>{}</pre>\n", escaped_lines(suppressions));
    return html + "</section>\n";
}

}  // namespace shoji::cli
