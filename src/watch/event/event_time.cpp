#include "watch/event/event_time.h"

#include "watch/event/time.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace shoji::event {
namespace {

constexpr std::array<std::string_view, 8> utc_by_definition{"TimeCreated_SystemTime",
                                                            "TimeCreated.SystemTime",
                                                            "SystemTime",
                                                            "@timestamp",
                                                            "UtcTime",
                                                            "CreationTime",
                                                            "eventTime",
                                                            "createdDateTime"};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Since 1970, in the unit that its size tells.
std::optional<Time> time_of_number(std::string_view text) {
    std::uint64_t whole = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, whole);
    if (error != std::errc{}) return std::nullopt;
    std::string_view fraction(at, static_cast<std::size_t>(end - at));
    if (fraction.starts_with('.')) fraction.remove_prefix(1);
    if (!std::ranges::all_of(fraction, is_digit) || (at != end && *at != '.')) return std::nullopt;
    constexpr std::uint64_t first_second = 100'000'000;
    constexpr std::uint64_t step = 1000;
    constexpr std::uint64_t latest = 9'200'000'000'000'000'000;
    if (whole < first_second) return std::nullopt;
    std::uint64_t unit = 1'000'000'000;  // nanoseconds
    for (auto limit = first_second * step; unit > 1 && whole >= limit; limit *= step) unit /= step;
    if (whole > latest / unit - 1) return std::nullopt;
    auto time = whole * unit;
    for (const char digit : fraction) {
        unit /= 10;
        time += static_cast<std::uint64_t>(digit - '0') * unit;
    }
    return static_cast<Time>(time);
}

// "/Date(1763600523456+0900)/": the offset says where it was written, not when.
std::optional<Time> time_of_date(std::string_view text) {
    constexpr std::string_view begin = "/Date(";
    constexpr std::string_view end = ")/";
    if (!text.starts_with(begin) || !text.ends_with(end)) return std::nullopt;
    text.remove_prefix(begin.size());
    text.remove_suffix(end.size());
    Time milliseconds = 0;
    const auto* stop = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), stop, milliseconds);
    const bool ended = at == stop || *at == '+' || *at == '-';
    constexpr Time million = 1'000'000;
    constexpr Time latest = 9'200'000'000'000;
    if (error != std::errc{} || !ended || milliseconds < 0 || milliseconds > latest) {
        return std::nullopt;
    }
    return milliseconds * million;
}

bool is_utc(std::string_view name) {
    return std::ranges::find(utc_by_definition, name) != utc_by_definition.end();
}

}  // namespace

std::optional<WrittenTime> read_written_time(std::string_view text) {
    bool has_offset = false;
    if (const auto time = parse_time(text, has_offset)) return WrittenTime{*time, has_offset};
    if (const auto time = time_of_date(text)) return WrittenTime{*time, true};
    if (const auto time = time_of_number(text)) return WrittenTime{*time, true};
    return std::nullopt;
}

void set_event_time(Event& event, FieldId best, const TimeZone& zone) {
    bool has_offset = false;
    if (const auto time = parse_time(event.value(best), has_offset); time && has_offset) {
        event.time = *time;  // nearly always
        return;
    }
    std::optional<Time> local;
    for (auto id = best; id <= field::last_time; id = FieldId{static_cast<std::uint32_t>(id) + 1}) {
        const auto* field = event.find(id);
        if (field == nullptr) continue;
        const auto written = read_written_time(field->value);
        if (!written) continue;
        if (written->certain || is_utc(field->name)) {
            event.time = written->time;
            return;
        }
        if (!local) local = written->time;
    }
    if (!local) return;
    event.time = zone.to_utc(*local);
    event.local_time = true;
}

}  // namespace shoji::event
