#include "hub/admin.h"

#include "core/base/random.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace shoji::hub {
namespace {

namespace json = boost::json;
using base::ErrorKind;

constexpr std::size_t most_alert_answer = std::size_t{4} << 20U;  // bytes of bodies

json::string text_of(std::string_view text) {
    return json::string(json::string_view(text.data(), text.size()));
}

std::string_view name_of_kind(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::invalid:
            return "invalid";
        case ErrorKind::denied:
            return "denied";
        case ErrorKind::not_found:
            return "not_found";
        case ErrorKind::exists:
            return "exists";
        case ErrorKind::unavailable:
            return "unavailable";
        case ErrorKind::full:
            return "full";
        case ErrorKind::system:
            return "system";
        case ErrorKind::corrupt:
            return "corrupt";
    }
    return "system";
}

std::string line_of(const base::Result<json::value>& result) {
    json::object object{{"ok", result.has_value()}};
    if (result) {
        object["result"] = *result;
    } else {
        json::object values;
        for (const auto& [name, value] : result.error().values) values[name] = value;
        object["error"] = json::object{{"kind", text_of(name_of_kind(result.error().kind))},
                                       {"message", result.error().message},
                                       {"key", result.error().key},
                                       {"values", std::move(values)}};
    }
    return std::string(json::serialize(object)) + "\n";
}

json::array numbers(const line::PerClass& list) {
    json::array all;
    for (const auto one : list) all.emplace_back(one);
    return all;
}

journal::Record record_of(const std::string& who, const std::string& what) {
    return {journal::Action::terminal, journal::Outcome::allowed, who, "", what, ""};
}

std::vector<uid_t> journal_users(const base::Settings& settings) {
    return {0, settings.separate_users ? settings.audit_user() : ::geteuid()};
}

}  // namespace

Admin::Admin(Collector& collector, const base::Settings& settings)
    : collector_(collector),
      journal_(settings.audit_socket(), journal_users(settings), std::chrono::seconds(2)) {}

std::string Admin::answer(const std::string& line, const std::string& who, const Moment& now) {
    const auto request = parse_request(line);
    if (!request) return line_of(base::Failure(request.error()));
    return line_of(carry_out(*request, who, now));
}

Admin::Answer Admin::carry_out(const Request& request, const std::string& who, const Moment& now) {
    switch (request.command) {
        case Request::Command::status:
            return status();
        case Request::Command::sensor_add:
            return add_sensor(request, who, now);
        case Request::Command::sensor_list:
            return list_sensors();
        case Request::Command::sensor_revoke:
            return revoke_sensor(request, who, now);
        case Request::Command::alerts:
            return alerts(request.query);
        case Request::Command::incidents:
            return list_incidents();
        case Request::Command::incident:
            return show_incident(request.number);
        case Request::Command::incident_close:
            return close_incident(request, who);
        case Request::Command::suppressions:
            return list_suppressions();
        case Request::Command::suppressions_set:
            return set_suppressions(request, who, now);
        case Request::Command::events:
            return events(request);
        case Request::Command::order_add:
            return add_order(request, who, now);
        case Request::Command::order_list:
            return list_orders();
        case Request::Command::order_withdraw:
            return withdraw_order(request.number, who, now);
    }
    return base::fail(ErrorKind::invalid, "no such command");
}

base::Result<void> Admin::record(const journal::Record& record) {
    const auto answer = journal_.send(record);
    if (!answer) return base::Failure(answer.error());
    if (*answer == journal::Acknowledgement::written) return {};
    return base::fail(ErrorKind::full, "the journal has no room");
}

void Admin::record_start() {
    const auto recorded = record(
        {journal::Action::program_started, journal::Outcome::allowed, "shoji-hub", "", "", ""});
    if (!recorded) spdlog::warn("the journal: {}", recorded.error().message);
}

// Gives somebody something: only with a record.
Admin::Answer Admin::add_sensor(const Request& request, const std::string& who, const Moment& now) {
    if (auto recorded = record(record_of(who, "sensor " + request.name + " enrolled")); !recorded) {
        return base::Failure(recorded.error());
    }
    auto added = collector_.add_sensor(request.name, request.fingerprint, request.expires, now);
    if (!added) return base::Failure(added.error());
    return json::object{};
}

// Takes something away: never waits for the journal.
Admin::Answer Admin::revoke_sensor(const Request& request, const std::string& who,
                                   const Moment& now) {
    if (auto revoked = collector_.revoke_sensor(request.name, now); !revoked) {
        return base::Failure(revoked.error());
    }
    if (auto recorded = record(record_of(who, "sensor " + request.name + " revoked")); !recorded) {
        spdlog::error("the journal does not know that {} revoked the sensor {}: {}", who,
                      request.name, recorded.error().message);
    }
    return json::object{};
}

json::value Admin::status() const {
    std::uint64_t connected = 0;
    std::uint64_t silent = 0;
    const auto sensors = collector_.sensors();
    for (const auto& one : sensors) {
        connected += one.connected ? 1 : 0;
        silent += one.silent ? 1 : 0;
    }
    return json::object{{"sensors", sensors.size()},
                        {"connected", connected},
                        {"silent", silent},
                        {"incidents", collector_.gatherer().incidents().size()},
                        {"trouble", collector_.trouble()},
                        {"alertsLost", collector_.own_lost()}};
}

json::value Admin::list_sensors() const {
    json::array list;
    for (const auto& one : collector_.sensors()) {
        const Sensor& sensor = one.sensor;
        list.push_back(json::object{{"name", sensor.name},
                                    {"program", sensor.program},
                                    {"fingerprint", base::to_hex(sensor.fingerprint)},
                                    {"added", sensor.added},
                                    {"expires", sensor.expires},
                                    {"revoked", sensor.revoked},
                                    {"seen", sensor.seen},
                                    {"connected", one.connected},
                                    {"silent", one.silent},
                                    {"lost", sensor.lost},
                                    {"waiting", numbers(one.pulse.waiting)},
                                    {"dropped", numbers(one.pulse.dropped)},
                                    {"clockDifference", one.clock_difference / 1'000'000}});
    }
    return list;
}

Admin::Answer Admin::alerts(const AlertQuery& query) {
    const auto found = collector_.records().alerts(query);
    if (!found) return base::Failure(found.error());
    json::array list;
    std::size_t bytes = 0;
    store::RowId last = query.after.value_or(0);
    bool more = found->size() == query.most && query.after;
    for (const auto& one : *found) {
        const auto body = incident::to_bytes(one.alert);
        bytes += body.size();
        if (bytes > most_alert_answer) {
            more = true;
            break;
        }
        last = one.id;
        list.push_back(json::object{
            {"id", one.id}, {"received", one.received}, {"alert", base::to_hex(body)}});
    }
    return json::object{{"alerts", std::move(list)}, {"last", last}, {"more", more}};
}

json::value Admin::list_incidents() const {
    json::array list;
    for (const auto* one : collector_.gatherer().incidents()) {
        json::array hosts;
        for (const auto& host : one->host_names()) hosts.emplace_back(host);
        list.push_back(json::object{{"number", one->id},
                                    {"risk", collector_.gatherer().risk(*one)},
                                    {"alerts", one->alerts},
                                    {"first", one->first},
                                    {"last", one->last},
                                    {"hosts", std::move(hosts)}});
    }
    return list;
}

// Bytes that a gatherer loads: the page is made where it is read.
Admin::Answer Admin::show_incident(std::uint64_t number) const {
    const auto excerpt = collector_.gatherer().excerpt(number);
    if (!excerpt) {
        return base::worded(base::Failure(excerpt.error()), "admin.no_incident",
                            {{"number", std::to_string(number)}});
    }
    return json::object{{"state", base::to_hex(*excerpt)}};
}

}  // namespace shoji::hub
