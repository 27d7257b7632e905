#include "cli/alert_values.h"

#include "core/base/printable.h"
#include "watch/event/time.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace shoji::cli {
namespace {

std::string bytes_text(std::uint64_t bytes) {
    constexpr std::uint64_t kilo = 1000;
    if (bytes < 10 * kilo) return fmt::format("{} B", bytes);
    if (bytes < 10 * kilo * kilo) return fmt::format("{} kB", bytes / kilo);
    if (bytes < 10 * kilo * kilo * kilo) return fmt::format("{} MB", bytes / kilo / kilo);
    return fmt::format("{} GB", bytes / kilo / kilo / kilo);
}

// What is no number stays as it is.
std::string amount_text(const std::string& amount, std::string_view unit, text::Language language) {
    const auto key = fmt::format("exfiltration.unit.{}", unit);
    if (text::knows(key)) return text::say(language, key, {{"count", amount}});
    std::uint64_t bytes = 0;
    const auto* end = amount.data() + amount.size();
    const auto [rest, error] = std::from_chars(amount.data(), end, bytes);
    return error == std::errc() && rest == end ? bytes_text(bytes) : amount;
}

// In the largest unit of which there is one at least.
std::string span_text(double seconds, text::Language language) {
    constexpr double minute = 60;
    constexpr double hour = 60 * minute;
    constexpr double day = 24 * hour;
    const auto say = [&](std::string_view key, double count, int digits) {
        auto text = fmt::format("{:.{}f}", count, digits);
        if (text.ends_with(".0")) text.resize(text.size() - 2);
        return text::say(language, key, {{"count", text}});
    };
    if (seconds >= day) return say("incident.span.days", seconds / day, 1);
    if (seconds >= hour) return say("incident.span.hours", seconds / hour, 1);
    if (seconds >= minute) return say("incident.span.minutes", seconds / minute, 0);
    return say("incident.span.seconds", seconds, 0);
}

// What is no number stays as it is.
std::string span_text(const std::string& number, double unit, text::Language language) {
    double count = 0;
    const auto* end = number.data() + number.size();
    const auto [rest, error] = std::from_chars(number.data(), end, count);
    return error == std::errc() && rest == end ? span_text(count * unit, language) : number;
}

// Hours in which something went; before the first one is over, how long it has been so far.
std::string span_of(const std::string& hours, const std::string& since, event::Time now,
                    text::Language language) {
    constexpr std::size_t to_minutes = 16;
    constexpr double nanoseconds = 1e9;
    const auto begin = event::parse_time(since.substr(0, to_minutes) + ":00Z");
    if (hours != "0" || !begin || now < *begin) {
        return text::say(language, "incident.span.hours", {{"count", hours}});
    }
    return span_text(static_cast<double>(now - *begin) / nanoseconds, language);
}

std::string value_of(const ShownValues& values, std::string_view name) {
    const auto found = std::ranges::find(values, name, &ShownValues::value_type::first);
    return found == values.end() ? std::string() : found->second;
}

void show_exfiltration(ShownValues& values, event::Time now, text::Language language) {
    constexpr std::array<std::string_view, 3> amounts{"amount", "usual", "limit"};
    constexpr std::array<std::string_view, 2> names{"destination", "process"};
    const auto unit = value_of(values, "unit");
    values.emplace_back(
        "span", span_of(value_of(values, "count"), value_of(values, "since"), now, language));
    for (auto& [name, value] : values) {
        if (std::ranges::find(amounts, name) != amounts.end()) {
            value = amount_text(value, unit, language);
        } else if (name == "medium") {
            value = text::say(language, fmt::format("exfiltration.by.{}", value));
        } else if (value.empty() && std::ranges::find(names, name) != names.end()) {
            value = text::say(language, "exfiltration.unknown");
        }
    }
}

// "dns:NAME", "denied:NAME", "NAME as HEADER", "NAME without a header" (beacon/alert.h).
std::string destination_text(std::string_view told, text::Language language) {
    for (const std::string_view way : {"dns:", "denied:"}) {
        if (told.starts_with(way)) told.remove_prefix(way.size());
    }
    constexpr std::string_view bare = " without a header";
    constexpr std::string_view as = " as ";
    const auto say = [&](std::string_view key, std::string_view name, std::string_view header) {
        return text::say(language, key, {{"destination", name}, {"header", header}});
    };
    if (told.ends_with(bare)) {
        return say("beacon.way.bare", told.substr(0, told.size() - bare.size()), {});
    }
    const auto at = told.find(as);
    if (at == std::string_view::npos) return std::string(told);
    return say("beacon.way.header", told.substr(0, at), told.substr(at + as.size()));
}

void show_beacon(ShownValues& values, text::Language language) {
    constexpr double an_hour = 3600;
    constexpr double a_day = 24 * an_hour;
    for (auto& [name, value] : values) {
        if (name == "destination") value = destination_text(value, language);
        if (name == "size") value = amount_text(value, "bytes", language);
        if (name == "hours") value = span_text(value, an_hour, language);
        if (name == "known" || name == "days") value = span_text(value, a_day, language);
    }
}

// "file", "signal-9" and the like (shield/refusals.h); what is none of them stays as it is.
std::string act_text(const std::string& act, const std::string& file, text::Language language) {
    constexpr std::string_view signal = "signal-";
    if (act.starts_with(signal)) {
        return text::say(language, "sensor.act.signal", {{"number", act.substr(signal.size())}});
    }
    if (act == "file" && !file.empty()) {
        return text::say(language, "sensor.act.file", {{"file", file}});
    }
    const bool is_many = act == "file" || act == "signal";
    const auto key = fmt::format("sensor.act.{}{}", act, is_many ? "s" : "");
    return text::knows(key) ? text::say(language, key) : act;
}

void show_refused_act(ShownValues& values, text::Language language) {
    const auto file = value_of(values, "file");
    for (auto& [name, value] : values) {
        if (name == "act") value = act_text(value, file, language);
    }
}

}  // namespace

ShownValues shown_values(const incident::Alert& alert, text::Language language) {
    constexpr std::size_t most = 400;
    ShownValues values;
    for (const auto& value : alert.values) {
        values.emplace_back(value.name, base::printable(value.value, most));
    }
    if (alert.what.starts_with("exfiltration.")) show_exfiltration(values, alert.time, language);
    if (alert.what.starts_with("beacon.")) show_beacon(values, language);
    if (alert.what == "sensor.alert.act_refused") show_refused_act(values, language);
    return values;
}

}  // namespace shoji::cli
