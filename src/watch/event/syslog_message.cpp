#include "watch/event/syslog_message.h"

#include "watch/event/time.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace shoji::event {
namespace {

// RFC 5424, 6.2.1.
constexpr std::array<std::string_view, 24> facilities{
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
    "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};
constexpr std::array<std::string_view, 8> severities{"emerg",   "alert",  "crit", "err",
                                                     "warning", "notice", "info", "debug"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view take_word(std::string_view& text) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

// "-" says that there is nothing.
std::string_view take_value(std::string_view& text) {
    const auto word = take_word(text);
    return word == "-" ? std::string_view() : word;
}

bool take_priority(std::string_view& text, SyslogMessage& message) {
    constexpr std::size_t most = 5;  // <191>
    const auto end = text.substr(0, most).find('>');
    if (!text.starts_with('<') || end == std::string_view::npos || end < 2) return false;
    unsigned int priority = 0;
    const auto* last = text.data() + end;
    const auto [at, error] = std::from_chars(text.data() + 1, last, priority);
    const unsigned int facility = priority / severities.size();
    if (error != std::errc{} || at != last || facility >= facilities.size()) return false;
    message.facility = facilities[facility];
    message.severity = severities[priority % severities.size()];
    text.remove_prefix(end + 1);
    return true;
}

// [id name="value" …][id …]; false when they have no end.
bool take_parameters(std::string_view& text, SyslogMessage& message) {
    if (text.starts_with('-')) {
        text.remove_prefix(1);
        return text.empty() || text.starts_with(' ');
    }
    while (text.starts_with('[')) {
        const auto end = text.find_first_of(" ]");
        if (end == std::string_view::npos) return false;
        const auto element = text.substr(1, end - 1);
        text.remove_prefix(end);
        while (text.starts_with(' ')) {
            text.remove_prefix(1);
            const auto equals = text.find("=\"");
            if (equals == std::string_view::npos) return false;
            auto close = equals + 2;
            while (close < text.size() && text[close] != '"') close += text[close] == '\\' ? 2 : 1;
            if (close >= text.size()) return false;
            if (message.parameters.size() < Event::most_fields) {
                message.parameters.push_back(
                    {element, text.substr(0, equals), text.substr(equals + 2, close - equals - 2)});
            }
            text.remove_prefix(close + 1);
        }
        if (!text.starts_with(']')) return false;
        text.remove_prefix(1);
    }
    return text.empty() || text.starts_with(' ');
}

// Behind "1 ": TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG
bool take_5424(std::string_view text, SyslogMessage& message) {
    const auto time = take_value(text);
    const auto parsed = time.empty() ? std::optional<Time>(0) : parse_time(time);
    if (!parsed) return false;
    message.time = *parsed;
    message.host = take_value(text);
    message.program = take_value(text);
    message.process_id = take_value(text);
    message.message_id = take_value(text);
    if (text.empty() || !take_parameters(text, message)) return false;
    if (text.starts_with(' ')) text.remove_prefix(1);
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    message.text = text;
    return true;
}

// In the latest year that makes it no more than a day later than the newest message can be.
Time time_in_a_year(int month, std::string_view day_and_time, const SyslogDefaults& defaults) {
    constexpr Time day = Time{86'400} * 1'000'000'000;
    if (defaults.newest == 0) return 0;
    const int newest = calendar_of(defaults.newest + defaults.offset).year;
    const std::string_view of_day = day_and_time.substr(3);
    const char tens = day_and_time[0] == ' ' ? '0' : day_and_time[0];
    // February 29 is there in one of five years in a row, but for 1900 and 2100.
    for (int year = newest + 1; year >= newest - 8; --year) {
        const auto time = parse_time(
            fmt::format("{:04}-{:02}-{}{}T{}", year, month, tens, day_and_time[1], of_day));
        if (time && *time - defaults.offset <= defaults.newest + day) {
            return *time - defaults.offset;
        }
    }
    return 0;
}

// "Nov 20 10:02:03" or "Nov  2 10:02:03"; false when the text does not begin so.
bool take_short_time(std::string_view& text, SyslogMessage& message,
                     const SyslogDefaults& defaults) {
    constexpr std::string_view form = "Nov 20 10:02:03";
    if (text.size() < form.size()) return false;
    const auto month = std::ranges::find(months, text.substr(0, 3));
    if (month == months.end()) return false;
    for (std::size_t i = 3; i < form.size(); ++i) {
        const bool blank_for_a_zero = i == 4 && text[i] == ' ';
        const bool fits =
            is_digit(form[i]) ? is_digit(text[i]) || blank_for_a_zero : text[i] == form[i];
        if (!fits) return false;
    }
    message.time = time_in_a_year(static_cast<int>(month - months.begin()) + 1,
                                  text.substr(4, form.size() - 4), defaults);
    text.remove_prefix(form.size());
    return true;
}

bool take_long_time(std::string_view& text, SyslogMessage& message) {
    constexpr std::size_t shortest = 19;  // 2026-11-20T10:02:03
    auto rest = text;
    const auto word = take_word(rest);
    if (word.size() < shortest || word[10] != 'T') return false;
    const auto time = parse_time(word);
    if (!time) return false;
    message.time = *time;
    text.remove_prefix(word.size());
    return true;
}

bool is_of_a_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
           std::string_view("_-./@()+").find(c) != std::string_view::npos;
}

// PROGRAM[NUMBER]: or PROGRAM:
void take_tag(std::string_view& text, SyslogMessage& message) {
    for (const std::string_view payload : {"CEF:", "LEEF:", "@cee:", "{"}) {
        if (text.starts_with(payload)) return;
    }
    constexpr std::size_t most = 64;
    std::size_t end = 0;
    while (end < text.size() && end < most && is_of_a_name(text[end])) ++end;
    if (end == 0 || end >= text.size()) return;
    const auto program = text.substr(0, end);
    auto rest = text.substr(end);
    std::string_view number;
    if (rest.starts_with('[')) {
        const auto close = rest.find(']');
        if (close > most) return;  // or there is none
        number = rest.substr(1, close - 1);
        rest.remove_prefix(close + 1);
    }
    if (!rest.starts_with(':')) return;
    message.program = program;
    message.process_id = number;
    rest.remove_prefix(1);
    if (rest.starts_with(' ')) rest.remove_prefix(1);
    text = rest;
}

}  // namespace

std::optional<SyslogMessage> parse_syslog_message(std::string_view text,
                                                  const SyslogDefaults& defaults) {
    SyslogMessage message;
    const bool has_priority = take_priority(text, message);
    if (has_priority && text.starts_with("1 ") && take_5424(text.substr(2), message)) {
        return message;
    }
    message.parameters.clear();
    const bool has_time = take_short_time(text, message, defaults) || take_long_time(text, message);
    if (!has_time && !has_priority) return std::nullopt;
    if (has_time && text.starts_with(' ')) {
        text.remove_prefix(1);
        // Some senders leave the host out.
        if (!text.substr(0, text.find(' ')).ends_with(':')) message.host = take_word(text);
    }
    take_tag(text, message);
    message.text = text;
    return message;
}

std::string unescape_parameter(std::string_view value) {
    std::string plain;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const bool escaped = value[i] == '\\' && i + 1 < value.size() &&
                             std::string_view("\"\\]").find(value[i + 1]) != std::string_view::npos;
        if (escaped) ++i;
        plain += value[i];
    }
    return plain;
}

}  // namespace shoji::event
