#include "watch/event/time.h"

#include <chrono>

#include <fmt/format.h>

namespace shoji::event {
namespace {

using namespace std::chrono;

constexpr Time billion = 1'000'000'000;

// Takes exactly `digits` digits from the front.
template <std::size_t digits>
[[gnu::always_inline]] inline std::optional<int> take_number(std::string_view& text) {
    if (text.size() < digits) return std::nullopt;
    int number = 0;
    bool all = true;
    for (std::size_t i = 0; i < digits; ++i) {
        const int digit = text[i] - '0';
        all = all && digit >= 0 && digit <= 9;
        number = number * 10 + digit;
    }
    if (!all) return std::nullopt;
    text.remove_prefix(digits);
    return number;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<year_month_day> take_date(std::string_view& text) {
    const auto y = take_number<4>(text);
    if (!y || !take(text, '-')) return std::nullopt;
    const auto m = take_number<2>(text);
    if (!m || !take(text, '-')) return std::nullopt;
    const auto d = take_number<2>(text);
    if (!d) return std::nullopt;
    const year_month_day date{year{*y}, month{static_cast<unsigned int>(*m)},
                              day{static_cast<unsigned int>(*d)}};
    constexpr int first = 1970;
    constexpr int last = 2261;
    if (!date.ok() || *y < first || *y > last) return std::nullopt;
    return date;
}

// Nanoseconds of the day; a fraction's digits beyond the ninth are left out.
std::optional<Time> take_time_of_day(std::string_view& text) {
    const auto h = take_number<2>(text);
    if (!h || *h > 23 || !take(text, ':')) return std::nullopt;
    const auto m = take_number<2>(text);
    if (!m || *m > 59) return std::nullopt;
    Time time = (*h * Time{60} + *m) * 60 * billion;
    if (!take(text, ':')) return time;
    const auto s = take_number<2>(text);
    if (!s || *s > 60) return std::nullopt;
    time += *s * billion;
    if (!take(text, '.') && !take(text, ',')) return time;
    Time place = billion / 10;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        time += (text.front() - '0') * place;
        place /= 10;
        text.remove_prefix(1);
    }
    return time;
}

std::optional<Time> take_offset(std::string_view& text) {
    if (text.empty() || take(text, 'Z') || take(text, 'z')) return 0;
    const bool behind = text.front() == '-';
    if (!take(text, '+') && !take(text, '-')) return std::nullopt;
    const auto h = take_number<2>(text);
    take(text, ':');
    const auto m = text.empty() ? std::optional<int>(0) : take_number<2>(text);
    if (!h || !m || *h > 23 || *m > 59) return std::nullopt;
    const Time offset = (*h * Time{60} + *m) * 60 * billion;
    return behind ? -offset : offset;
}

}  // namespace

std::optional<Time> parse_time(std::string_view text) {
    bool ignored = false;
    return parse_time(text, ignored);
}

std::optional<Time> parse_time(std::string_view text, bool& has_offset) {
    has_offset = false;
    const auto date = take_date(text);
    if (!date) return std::nullopt;
    const Time midnight = Time{sys_days(*date).time_since_epoch().count()} * 86'400 * billion;
    if (text.empty()) return midnight;
    if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
    const auto of_day = take_time_of_day(text);
    if (!of_day) return std::nullopt;
    take(text, ' ');
    has_offset = !text.empty();
    const auto offset = take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    return midnight + *of_day - *offset;
}

Calendar calendar_of(Time time) {
    const auto at = sys_time<nanoseconds>(nanoseconds(time));
    const auto day_of = floor<days>(at);
    const year_month_day date(day_of);
    const hh_mm_ss of_day(floor<seconds>(at - day_of));
    // The week of ISO 8601 is the one that its Thursday's year counts.
    const auto thursday = day_of - days(weekday(day_of).iso_encoding()) + days(4);
    const sys_days new_year(year_month_day(thursday).year() / January / 1);
    return {static_cast<int>(date.year()),
            static_cast<int>(static_cast<unsigned int>(date.month())),
            static_cast<int>(static_cast<unsigned int>(date.day())),
            static_cast<int>(of_day.hours().count()),
            static_cast<int>(of_day.minutes().count()),
            static_cast<int>(of_day.seconds().count()),
            static_cast<int>((thursday - new_year).count() / 7 + 1)};
}

std::string format_time(Time time) {
    const auto parts = calendar_of(time);
    const Time fraction = (time % billion + billion) % billion;
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", parts.year, parts.month,
                       parts.day, parts.hour, parts.minute, parts.second, fraction);
}

}  // namespace shoji::event
