#include "watch/event/text_log.h"

#include "watch/event/access_line.h"
#include "watch/event/linux_messages.h"
#include "watch/event/log_names.h"
#include "watch/event/payload.h"
#include "watch/event/time.h"

#include <algorithm>
#include <charconv>
#include <string>

#include <fmt/format.h>

namespace shoji::event {
namespace {

constexpr std::string_view cee_cookie = "@cee:";

// Seconds, milliseconds, microseconds or nanoseconds since 1970, told by the number of digits.
Time time_of_digits(std::string_view digits) {
    constexpr std::size_t of_seconds = 10;
    constexpr std::size_t of_nanoseconds = 19;
    Time time = 0;
    const auto* end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, time);
    const bool known = digits.size() >= of_seconds && digits.size() <= of_nanoseconds &&
                       (digits.size() - of_seconds) % 3 == 0;
    if (error != std::errc{} || at != end || !known || time < 0) return 0;
    for (auto size = digits.size(); size < of_nanoseconds; ++size) time *= 10;
    return time;
}

}  // namespace

TextLog::TextLog(std::string_view text, const Names& names, const WindowsSources& windows,
                 const SyslogDefaults& defaults, const Reading& reading)
    : names_(names),
      defaults_(defaults),
      json_(names, windows, JsonReader::Way::scanned, reading.zone.value_or(TimeZone())),
      products_(names),
      frames_(text, damages_) {}

bool TextLog::is_one(std::string_view line) {
    Damages ignored;
    SyslogFrames frames(line, ignored);
    const auto message = frames.next();
    if (!message) return false;
    if (parse_syslog_message(*message, {})) return true;
    const Names names;
    Event event;
    return add_access_line(*message, names, event) ||
           add_payload(*message, names, event) != Payload::none;
}

void TextLog::add(Event& event, std::string_view name, std::string_view value) const {
    if (!value.empty()) event.add({names_.field(name), Type::text, name, value});
}

std::string_view TextLog::value(const Event& event, std::string_view name) const {
    const auto found = std::ranges::find(event.fields(), name, &Field::name);
    return found == event.fields().end() ? std::string_view() : found->value;
}

void TextLog::add_header(const SyslogMessage& message, Event& event) const {
    add(event, "Computer", message.host);
    add(event, "program", message.program);
    add(event, "pid", message.process_id);
    add(event, "msgid", message.message_id);
    add(event, "facility", message.facility);
    add(event, "severity", message.severity);
    for (const auto& [element, name, value] : message.parameters) {
        const auto whole = event.keep(fmt::format("{}.{}", element, name));
        const bool escaped = value.find('\\') != std::string_view::npos;
        add(event, whole, escaped ? event.keep(unescape_parameter(value)) : value);
    }
    if (message.time != 0) event.time = message.time;
}

// FortiGate's eventtime, else date and time with tz; CEF's rt.
Time TextLog::device_time(const Event& event) const {
    for (const std::string_view name : {"eventtime", "rt"}) {
        if (const auto time = time_of_digits(value(event, name))) return time;
    }
    const auto date = value(event, "date");
    const auto of_day = value(event, "time");
    if (date.empty() || of_day.empty()) return 0;
    const auto zone = value(event, "tz");
    const auto time = parse_time(fmt::format("{}T{}{}", date, of_day, zone));
    if (!time) return 0;
    return zone.empty() ? *time - defaults_.offset : *time;
}

// Each line has a number, a type and a subtype; that of the device (devid) may be left out.
bool TextLog::is_fortigate(const Event& event) const {
    if (value(event, "logid").empty()) return false;
    const auto type = value(event, "type");
    const bool is_type = type == "traffic" || type == "event" || type == "utm";
    return !value(event, "devid").empty() || (is_type && !value(event, "subtype").empty());
}

void TextLog::add_source(const SyslogMessage& message, Event& event) {
    add_log_names(names_, event);
    if (is_fortigate(event)) {
        event.source.product = names_.source("fortigate");
        event.source.service = names_.source(value(event, "type"));
        return;
    }
    if (!message.program.empty() || message.facility == "kern") {
        add_linux_message(message.program, message.facility, message.text, names_, event);
        mails_.describe(message.host, message.program, message.text, names_, event);
    }
}

// True when the message is JSON.
bool TextLog::read_json(const SyslogMessage& message, Event& event) {
    auto text = message.text;
    const bool announced = text.starts_with(cee_cookie);
    if (announced) text.remove_prefix(cee_cookie.size());
    while (text.starts_with(' ')) text.remove_prefix(1);
    if (!text.starts_with('{')) return false;
    const auto done = json_.read(text, event);
    if (!done && announced) damages_.add(frames_.offset(), 0, done.error());
    return done.has_value();
}

bool TextLog::read(std::string_view text, Event& event) {
    auto message = parse_syslog_message(text, defaults_);
    const bool bare = !message;
    if (bare) message.emplace().text = text;
    if (!bare && read_json(*message, event)) {
        add_header(*message, event);
        if (event.source.product == no_source) products_.describe(event);
        if (event.source.product == no_source) add_source(*message, event);
        return true;
    }
    event.clear();
    add_header(*message, event);
    if (add_access_line(message->text, names_, event)) return true;
    const auto payload = add_payload(message->text, names_, event);
    if (bare && payload == Payload::none) return false;
    add(event, "message", message->text);
    if (event.time == 0) event.time = device_time(event);
    add_source(*message, event);
    return true;
}

bool TextLog::next(Event& event) {
    while (const auto text = frames_.next()) {
        ++number_;
        if (read(*text, event)) {
            if (event.record == 0) event.record = number_;
            return true;
        }
        damages_.add(frames_.offset(), text->size(), "no message of a form that is known");
    }
    return false;
}

}  // namespace shoji::event
