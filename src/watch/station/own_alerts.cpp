#include "watch/station/own_alerts.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

namespace shoji::station {

using incident::Alert;
using incident::Level;
using letters::Note;

Alert own_alert(std::string_view rule, Level level, event::Time time, std::string_view host,
                std::vector<incident::NamedValue> values) {
    Alert alert;
    alert.time = time;
    alert.host = host;
    alert.detector = incident::Detector::sensor;
    alert.rule = fmt::format("sensor.{}", rule);
    alert.what = fmt::format("sensor.alert.{}", rule);
    alert.level = level;
    alert.values = std::move(values);
    alert.values.push_back({"host", std::string(host)});
    return alert.bounded();
}

namespace {

// The first word of `text`, which goes from it with what stands behind it.
std::string take_word(std::string_view& text, char behind = ' ') {
    const auto end = std::min(text.find(behind), text.size());
    const std::string word(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

Alert act_refused(const letters::Notice& notice, event::Time time, std::string_view host) {
    std::string_view rest = notice.subject;
    const auto act = take_word(rest);
    const auto process = take_word(rest);
    const auto user = take_word(rest);
    const auto file = take_word(rest, '/');
    return own_alert("act_refused", Level::critical, time, host,
                     {{"act", act},
                      {"process", process},
                      {"user", user},
                      {"file", file},
                      {"program", std::string(rest)},
                      {"count", std::to_string(notice.number)}});
}

// `what`: what stands behind the rule.
Alert of_response(std::string_view name, Level level, std::string_view what,
                  const letters::Notice& notice, event::Time time, std::string_view host) {
    std::string_view rest = notice.subject;
    const auto rule = take_word(rest);
    return own_alert(name, level, time, host,
                     {{"rule", rule},
                      {std::string(what), std::string(rest)},
                      {"count", std::to_string(notice.number)}});
}

}  // namespace

Alert alert_of(const letters::Notice& notice, event::Time time, std::string_view host) {
    const auto number = std::to_string(notice.number);
    switch (notice.note) {
        case Note::part_silent:
            return own_alert("part_silent", Level::high, time, host,
                             {{"part", notice.subject}, {"seconds", number}});
        case Note::file_changed:
            return own_alert("file_changed", Level::high, time, host, {{"file", notice.subject}});
        case Note::policy_refused:
            return own_alert("policy_refused", Level::high, time, host,
                             {{"message", notice.subject}});
        case Note::policy_changed:
            return own_alert("policy_changed", Level::low, time, host, {{"file", notice.subject}});
        case Note::programs_detached:
            return own_alert("programs_detached", Level::critical, time, host,
                             {{"programs", notice.subject}});
        case Note::not_pinned:
            return own_alert("not_pinned", Level::medium, time, host,
                             {{"message", notice.subject}});
        case Note::ended_uncleanly:
            return own_alert("ended_uncleanly", Level::high, time, host, {{"seconds", number}});
        case Note::act_refused:
            return act_refused(notice, time, host);
        case Note::isolation_undone:
            return own_alert("isolation_undone", Level::critical, time, host, {});
        case Note::response_failed:
            return of_response("response_failed", Level::critical, "message", notice, time, host);
        case Note::response_waits:
            return of_response("response_waits", Level::high, "id", notice, time, host);
        case Note::not_shielded:
            return own_alert("not_shielded", Level::high, time, host, {{"count", number}});
        case Note::alive:
        case Note::part_ended:
        case Note::link_deliverer:
        case Note::link_answerer:
            break;
    }
    return own_alert("part_ended", Level::high, time, host,
                     {{"part", notice.subject}, {"signal", number}});
}

ReportAlerts::ReportAlerts(event::Names& names)
    : report_(names.add_source("sensor_report")),
      type_(names.add_field("EventType")),
      cause_(names.add_field("Cause")),
      count_(names.add_field("Count")),
      family_(names.add_field("Family")),
      cgroup_(names.add_field("Cgroup")) {}

void ReportAlerts::lose(std::string_view cause, std::uint64_t count) {
    if (count == 0) return;
    lost_ += count;
    untold_[std::string(cause)] += count;
}

void ReportAlerts::take(const event::Event& event, std::vector<Alert>& told) {
    if (event.source.categories[0] != report_) return;
    const auto type = event.value(type_);
    const auto host = event.value(event::field::computer);
    if (type == "loss") {
        const auto text = event.value(count_);
        std::uint64_t count = 0;
        std::from_chars(text.data(), text.data() + text.size(), count);
        lose(event.value(cause_), count);
    } else if (type == "not_seen") {
        told.push_back(own_alert("not_seen", Level::high, event.time, host,
                                 {{"family", std::string(event.value(family_))}}));
    } else if (type == "flood_begins") {
        told.push_back(own_alert("flood", Level::low, event.time, host,
                                 {{"cgroup", std::string(event.value(cgroup_))}}));
    }
}

void ReportAlerts::tick(event::Time now, std::string_view host, bool last,
                        std::vector<Alert>& told) {
    constexpr event::Time minute = 60'000'000'000;
    if (untold_.empty()) return;
    const bool is_due = !told_ || now < *told_ || now - *told_ >= minute;
    if (!is_due && !last) return;
    for (const auto& [cause, count] : untold_) {
        told.push_back(own_alert("events_lost", Level::high, now, host,
                                 {{"count", std::to_string(count)}, {"cause", cause}}));
    }
    untold_.clear();
    told_ = now;
}

bool RoomWatch::look(event::Time now, std::uint64_t missed) {
    constexpr event::Time hour = 3'600'000'000'000;
    // Another process counts anew.
    if (missed < known_) known_ = 0;
    const bool is_due = missed > known_ && (!told_ || now - *told_ >= hour);
    if (is_due) {
        known_ = missed;
        told_ = now;
    }
    return is_due;
}

std::optional<event::Time> ClockWatch::look(event::Time wall, event::Time boot) {
    const event::Time offset = wall - boot;
    if (!offset_) {
        offset_ = offset;
        return std::nullopt;
    }
    const event::Time jump = offset - *offset_;
    offset_ = offset;
    if (std::abs(jump) < tolerance) return std::nullopt;
    return jump;
}

}  // namespace shoji::station
