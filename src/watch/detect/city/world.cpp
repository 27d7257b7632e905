#include "watch/detect/city/world.h"

#include "watch/detect/city/names.h"
#include "watch/detect/city/source.h"

#include <algorithm>

#include <fmt/format.h>

namespace shoji::city {
namespace {

constexpr std::int64_t nanoseconds_east = 9 * hours;

// Days since 1970 of the holidays of 2026 (国民の祝日に関する法律; the Cabinet Office's list):
// the day of the year, from 0, of each.
constexpr std::int64_t new_year_2026 = 20454;
constexpr std::array<std::int64_t, 18> holidays_2026{0,   11,  41,  53,  78,  118, 122, 123, 124,
                                                     125, 200, 222, 263, 264, 265, 284, 306, 326};

constexpr std::array<std::string_view, 8> share_names{"zeimu",    "juumin", "fukushi", "soumu",
                                                      "kensetsu", "kankou", "kyouiku", "suidou"};

// As JA3 writes them: the browser's four versions that are about.
constexpr std::array<std::string_view, 4> browser_signatures{
    "cd08e31494f9531f560d64c695473da9", "b32309a26951912be7dba376398abc3b",
    "773906b0efdefa24a7f2b8eb6985bf37", "e1d8b04eeb8ef3954ec4f49267a783ef"};

}  // namespace

World::World(const CityPlan& plan) : plan_(plan) {
    const std::uint32_t servers = plan.terminals / 50 + 1;
    for (std::uint32_t i = 0; i < plan.terminals; ++i) {
        hosts_.push_back(fmt::format("PC{:05}", i));
        users_.push_back(fmt::format("s{:05}", i));
        addresses_.push_back(fmt::format("10.{}.{}.{}", 1 + i / 50000, i / 250 % 200, i % 250 + 2));
    }
    for (std::uint32_t i = 0; i < servers; ++i) {
        hosts_.push_back(fmt::format("SV{:03}", i));
        users_.emplace_back("system");
        addresses_.push_back(fmt::format("10.0.{}.{}", i / 250, i % 250 + 2));
    }
    for (const auto name : share_names) shares_.push_back(fmt::format(R"(\\fs01\{})", name));
    for (std::uint64_t i = 0; i < (1U << popular_bits) - 1; ++i) {
        popular_.push_back({site_name(i), address_of(i)});
    }
    for (std::uint64_t i = 0; i < (1U << included_bits) - 1; ++i) {
        // Some of them stand under labels that no person chose.
        const auto number = mix(i, 0xCD);
        const auto label =
            number % 3 == 0 ? chance_label(number, 13, true) : fmt::format("cdn{}", i);
        included_.push_back({label + "." + site_name(600 + i / 2), address_of(600 + i)});
    }
}

bool World::always_on(std::uint32_t number) const {
    return number >= plan_.terminals ||
           mix(plan_.seed, number, 0xA1) % 100 < plan_.always_on_percent;
}

std::string_view World::browser_signature(std::uint32_t number) const {
    return browser_signatures[mix(number / 25, 0xB5) % browser_signatures.size()];
}

bool World::workday(std::int64_t day_number) const {
    const std::int64_t since_1970 = (plan_.start + nanoseconds_east) / days + day_number;
    // 1 January 1970 was a Thursday.
    const std::int64_t weekday = (since_1970 + 3) % 7;
    if (weekday >= 5) return false;
    return !plan_.holidays ||
           std::ranges::find(holidays_2026, since_1970 - new_year_2026) == holidays_2026.end();
}

Shift World::shift(std::uint32_t terminal, std::int64_t day_number) const {
    Random habit(mix(plan_.seed, terminal, 0x5F));
    const Time usual_on = 8 * hours + static_cast<Time>(habit.below(35)) * minutes;
    const Time usual_off = 17 * hours + static_cast<Time>(15 + habit.below(30)) * minutes;
    Random today(mix(mix(plan_.seed, terminal, 0x5E), static_cast<std::uint64_t>(day_number)));
    // Sundays for a few; holidays, illness and journeys for a few.
    const bool comes = workday(day_number) ? !today.per_mille(60) : today.per_mille(30);
    if (!comes) return {};
    const Time midnight = plan_.start + day_number * days;
    Shift shift;
    shift.on = midnight + usual_on + static_cast<Time>(today.below(600)) * seconds;
    shift.lunch = midnight + 12 * hours + static_cast<Time>(today.below(600)) * seconds;
    shift.off = midnight + usual_off + static_cast<Time>(today.below(1200)) * seconds;
    if (today.per_mille(150)) shift.off += static_cast<Time>(today.below(240)) * minutes;
    return shift;
}

Presence::Presence(const World& world, std::uint32_t host, Of whose)
    : world_(&world), host_(host), always_(whose == Of::machine && world.always_on(host)) {}

Time Presence::from(Time time) {
    if (time >= world_->end()) return Source::never;
    if (always_) return time;
    while (time >= shift_.off) {
        if (++day_ >= world_->plan().day_count) return Source::never;
        shift_ = world_->shift(host_, day_);
    }
    return std::max(time, shift_.on);
}

}  // namespace shoji::city
