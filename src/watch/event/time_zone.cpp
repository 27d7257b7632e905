#include "watch/event/time_zone.h"

#include "watch/event/time.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>

#include <fmt/format.h>

namespace shoji::event {
namespace {

constexpr Time second = 1'000'000'000;

// "+09:00", "+0900", "+09".
std::optional<Time> offset_of(std::string_view text) {
    if (text.size() < 3 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
    const bool behind = text.front() == '-';
    std::string digits(text.substr(1));
    if (digits.size() == 5 && digits[2] == ':') digits.erase(2, 1);
    if (digits.size() == 2) digits += "00";
    const bool all = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    if (digits.size() != 4 || !all) return std::nullopt;
    const Time hours = (digits[0] - '0') * 10 + (digits[1] - '0');
    const Time minutes = (digits[2] - '0') * 10 + (digits[3] - '0');
    constexpr Time farthest = 18;
    if (hours > farthest || minutes > 59) return std::nullopt;
    const Time offset = (hours * 60 + minutes) * 60 * second;
    return behind ? -offset : offset;
}

// A name of the database is a path in it, and leads nowhere else.
bool is_in_database(std::string_view name) {
    constexpr std::size_t longest = 64;
    const bool plain = std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '_' || c == '-' || c == '+';
    });
    if (!plain || name.empty() || name.size() > longest || name.front() == '/') return false;
    std::ifstream file("/usr/share/zoneinfo/" + std::string(name), std::ios::binary);
    std::array<char, 4> magic{};
    file.read(magic.data(), magic.size());
    return file.good() && std::string_view(magic.data(), magic.size()) == "TZif";
}

// The process's variable TZ, another one for a while.
class Borrowed {
  public:
    explicit Borrowed(const std::string& zone) {
        if (const char* before = std::getenv("TZ")) before_ = before;
        ::setenv("TZ", zone.c_str(), 1);
        ::tzset();
    }
    ~Borrowed() {
        if (before_) {
            ::setenv("TZ", before_->c_str(), 1);
        } else {
            ::unsetenv("TZ");
        }
        ::tzset();
    }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;

  private:
    std::optional<std::string> before_;
};

Time present_offset_at(std::time_t seconds) {
    std::tm local{};
    return ::localtime_r(&seconds, &local) == nullptr ? 0 : local.tm_gmtoff * second;
}

}  // namespace

std::optional<TimeZone> TimeZone::named(std::string_view name) {
    TimeZone zone;
    if (name == "UTC" || name == "Z") return zone;
    if (const auto offset = offset_of(name)) {
        zone.name_ = name;
        zone.first_ = *offset;
        return zone;
    }
    if (!is_in_database(name)) return std::nullopt;
    return looked_up(name);
}

TimeZone TimeZone::looked_up(std::string_view name) {
    TimeZone zone;
    zone.name_ = name;
    const Borrowed clock(":" + zone.name_);
    zone.look_up();
    return zone;
}

TimeZone TimeZone::local() {
    TimeZone zone;
    zone.name_ = "local";
    ::tzset();
    zone.look_up();
    return zone;
}

// Day by day, and where two days differ, to the second.
void TimeZone::look_up() {
    constexpr std::time_t day = 86'400;
    constexpr std::time_t end = 4'102'444'800;  // 2100-01-01
    Time before = present_offset_at(0);
    first_ = before;
    for (std::time_t at = day; at <= end; at += day) {
        const Time now = present_offset_at(at);
        if (now == before) continue;
        std::time_t low = at - day;
        std::time_t high = at;
        while (high - low > 1) {
            const auto middle = low + (high - low) / 2;
            (present_offset_at(middle) == before ? low : high) = middle;
        }
        changes_.push_back({high * second, now});
        before = now;
    }
}

Time TimeZone::offset_at(Time utc) const {
    const auto later = std::ranges::upper_bound(changes_, utc, {}, &Change::at);
    return later == changes_.begin() ? first_ : std::prev(later)->offset;
}

std::string TimeZone::offset_text_at(Time utc) const {
    const Time minutes = offset_at(utc) / (60 * second);
    if (minutes == 0) return "UTC";
    return fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                       std::abs(minutes) % 60);
}

Time TimeZone::to_utc(Time local) const {
    const Time guess = offset_at(local);
    return local - offset_at(local - guess);
}

std::optional<Time> parse_time(std::string_view text, const TimeZone& zone) {
    bool has_offset = false;
    const auto time = parse_time(text, has_offset);
    return time && !has_offset ? zone.to_utc(*time) : time;
}

}  // namespace shoji::event
