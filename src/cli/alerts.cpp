// What the hub knows: alerts as they came, and what they add up to.
#include "cli/admin_client.h"
#include "cli/answer_cells.h"
#include "cli/commands.h"
#include "cli/incident_ancestors.h"
#include "cli/incident_page.h"
#include "cli/timeline.h"
#include "core/base/printable.h"
#include "core/journal/hex.h"
#include "watch/event/time.h"
#include "watch/event/time_zone.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace shoji::cli {
namespace {

namespace json = boost::json;
using base::ErrorKind;
using base::Result;

constexpr event::Time second = 1'000'000'000;
constexpr auto follow_pause = std::chrono::seconds(1);
constexpr std::size_t most_name = 300;

base::Failure unreadable() {
    return base::worded(
        base::fail(ErrorKind::invalid, "the hub's answer is not what was asked for"),
        "cli.error.hub_answer");
}

// Bytes of a member in hexadecimal, lower case.
Result<std::vector<std::uint8_t>> bytes_of(const json::value& row, std::string_view key) {
    const json::value* value = member(row, key);
    if (value == nullptr || !value->is_string()) return unreadable();
    auto bytes = journal::bytes_from_hex(std::string_view(value->get_string()));
    if (!bytes) return unreadable();
    return std::move(*bytes);
}

std::int64_t number_of(const json::value& row, std::string_view key) {
    const json::value* value = member(row, key);
    const std::int64_t* number = value == nullptr ? nullptr : value->if_int64();
    return number == nullptr ? 0 : *number;
}

json::string text_of(std::string_view text) {
    return json::string(base::printable(text, 2000));
}

json::object json_of(std::int64_t id, std::int64_t received, const incident::Alert& alert,
                     text::Language language) {
    json::object values;
    for (const auto& value : alert.values) values[text_of(value.name)] = text_of(value.value);
    json::array techniques;
    for (const auto& one : alert.techniques) techniques.emplace_back(text_of(one));
    return {{"id", id},
            {"time", text_of(event::format_time(alert.time))},
            {"received", text_of(event::format_time(received * second))},
            {"level", text_of(sigma::name_of(alert.level))},
            {"host", text_of(alert.host)},
            {"user", text_of(alert.user)},
            {"process", text_of(alert.process)},
            {"processId", alert.process_id},
            {"peer", text_of(alert.peer)},
            {"file", text_of(alert.file)},
            {"detector", text_of(incident::name_of(alert.detector))},
            {"rule", text_of(alert.rule)},
            {"what", text_of(alert_words(alert, language))},
            {"key", text_of(alert.what)},
            {"values", std::move(values)},
            {"techniques", std::move(techniques)}};
}

// Shows one answer; the number of its last alert goes into the next question.
Result<bool> show(const Context& context, const json::value& answer, const event::TimeZone& zone,
                  std::vector<std::vector<std::string>>& rows) {
    auto& output = context.output;
    const json::value* list = member(answer, "alerts");
    if (list == nullptr || !list->is_array()) return unreadable();
    for (const auto& row : list->get_array()) {
        const auto bytes = bytes_of(row, "alert");
        if (!bytes) return base::Failure(bytes.error());
        const auto alert = incident::alert_from(*bytes);
        if (!alert) return unreadable();
        const auto received =
            std::clamp<std::int64_t>(number_of(row, "received"), 0, 9'000'000'000);
        if (output.json()) {
            output.line(json::serialize(
                json_of(number_of(row, "id"), received, *alert, output.language())));
        } else {
            rows.push_back(
                {shown_time(alert->time, zone), shown_level(alert->level, output.language()),
                 base::printable(alert->host, most_name), base::printable(alert->rule, most_name),
                 alert_words(*alert, output.language())});
        }
    }
    const json::value* more = member(answer, "more");
    return more != nullptr && more->is_bool() && more->get_bool();
}

// Until somebody ends the command, or the hub goes away.
Exit follow(const Context& context, const base::Settings& settings, const event::TimeZone& zone,
            json::object question, std::int64_t last) {
    for (;;) {
        question["after"] = last;
        const auto answer = ask_hub(settings, "alerts", question);
        if (!answer) return context.output.fail(answer.error());
        std::vector<std::vector<std::string>> rows;
        const auto more = show(context, *answer, zone, rows);
        if (!more) return context.output.fail(more.error());
        for (const auto& row : rows) {
            context.output.line(fmt::format("{}  {}  {}  {}  {}", row[0], row[1], row[2], row[3],
                                            base::printable(row[4], 2000)));
        }
        last = std::max(last, number_of(*answer, "last"));
        if (!context.output.flush()) return Exit::failed;
        if (!*more) std::this_thread::sleep_for(follow_pause);
    }
}

}  // namespace

Exit run_alerts(const Context& context, const AlertRequest& request) {
    const auto settings = base::load_settings(context.state);
    if (!settings) return context.output.fail(settings.error());
    const auto zone = event::TimeZone::local();
    json::object question{{"level", static_cast<int>(request.least)}};
    if (!request.host.empty()) question["host"] = request.host;
    if (!request.since.empty()) {
        const auto since = event::parse_time(request.since, zone);
        if (!since)
            return context.output.fail(Exit::usage, "hunt.bad_since", {{"since", request.since}});
        question["since"] = *since / second;
    }
    const auto answer = ask_hub(*settings, "alerts", question);
    if (!answer) return context.output.fail(answer.error());
    std::vector<std::vector<std::string>> rows;
    if (const auto shown = show(context, *answer, zone, rows); !shown) {
        return context.output.fail(shown.error());
    }
    if (!context.output.json()) {
        context.output.table(
            {"hunt.time", "hunt.level", "hunt.computer", "hunt.rule", "cli.column.what"}, rows);
    }
    if (!request.follow) return Exit::done;
    return follow(context, *settings, zone, std::move(question), number_of(*answer, "last"));
}

Exit run_hub_incidents(const Context& context) {
    const auto settings = base::load_settings(context.state);
    if (!settings) return context.output.fail(settings.error());
    const auto answer = ask_hub(*settings, "incidents");
    if (!answer) return context.output.fail(answer.error());
    context.output.result(*answer);
    const auto zone = event::TimeZone::local();
    std::vector<std::vector<std::string>> rows;
    if (const json::array* list = answer->if_array()) {
        for (const auto& row : *list) {
            const json::value* risk = member(row, "risk");
            const bool counted = risk != nullptr && risk->is_double();
            rows.push_back({cell(row, "number"),
                            counted ? fmt::format("{:.0f}", risk->get_double()) : cell(row, "risk"),
                            cell(row, "alerts"), shown_time(number_of(row, "last"), zone),
                            joined(row, "hosts")});
        }
    }
    context.output.table({"cli.column.number", "cli.column.risk", "cli.column.alerts",
                          "cli.column.last", "cli.column.hosts"},
                         rows);
    return Exit::done;
}

Exit run_hub_incident(const Context& context, std::uint64_t number) {
    const auto settings = base::load_settings(context.state);
    if (!settings) return context.output.fail(settings.error());
    const auto answer = ask_hub(*settings, "incident", {{"number", number}});
    if (!answer) return context.output.fail(answer.error());
    const auto state = bytes_of(*answer, "state");
    if (!state) return context.output.fail(state.error());
    incident::Gatherer gatherer{incident::Settings{}};
    if (!gatherer.load(*state)) return context.output.fail(unreadable().value());
    const auto* found = gatherer.find(number);
    if (found == nullptr) return context.output.fail(unreadable().value());
    auto incident = *found;
    auto ancestry = add_ancestors(*settings, incident);
    if (!ancestry) return context.output.fail(ancestry.error());
    if (ancestry->unreadable > 0) {
        context.output.warn("cli.events.unreadable",
                            {{"count", std::to_string(ancestry->unreadable)}});
    }
    const IncidentView view{incident, gatherer, event::TimeZone::local(),
                            std::move(ancestry->cut_hosts)};
    const auto language = context.output.language();
    if (context.output.json()) {
        context.output.line(json::serialize(incident_json(view, language)));
    } else {
        auto page = incident_text(view, language);
        if (page.ends_with('\n')) page.pop_back();
        context.output.line(page);
    }
    return Exit::done;
}

Exit run_incident_close(const Context& context, std::uint64_t number,
                        const Answerable& answerable) {
    const auto settings = base::load_settings(context.state);
    if (!settings) return context.output.fail(settings.error());
    const auto answer =
        ask_hub(*settings, "incident.close",
                {{"number", number}, {"by", answerable.by}, {"reason", answerable.reason}});
    if (!answer) return context.output.fail(answer.error());
    context.output.result(*answer);
    context.output.say("cli.incident.closed", {{"number", std::to_string(number)}});
    return Exit::done;
}

}  // namespace shoji::cli
