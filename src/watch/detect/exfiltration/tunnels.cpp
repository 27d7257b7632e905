#include "watch/detect/exfiltration/tunnels.h"

#include "watch/detect/exfiltration/meter.h"

#include <algorithm>
#include <bit>

namespace shoji::exfiltration {

Tunnels::Tunnels(const Settings& settings) : settings_(settings), table_(settings.most_domains) {}

std::int64_t Tunnels::Domain::standing() const {
    // Four a day, and two for each doubling of what the week brought.
    return std::int64_t{day} * 4 + step_of(in_week) / 2;
}

bool Tunnels::Domain::sound() const {
    std::size_t set = 0;
    for (const auto word : seen) set += static_cast<std::size_t>(std::popcount(word));
    return set == bits && Meter::is_day(day) && Meter::is_day(week_start) &&
           Meter::is_day(told_day);
}

void Tunnels::roll(Domain& domain, const Seen& seen) const {
    constexpr std::int32_t week = 7;
    if (domain.week_start < 0 || seen.day - domain.week_start >= week) {
        domain.week_start = seen.day;
        domain.since = seen.time;
        domain.in_week = 0;
        domain.names = 0;
        domain.main_weight = 0;
        // Names stay known until the bits would hide too many new ones.
        if (domain.bits > words * 64 / 4) {
            domain.seen.fill(0);
            domain.bits = 0;
        }
    }
    if (seen.day > domain.day) {
        if (domain.in_day > 0) {
            domain.days.add(domain.told_day == domain.day
                                ? std::min(domain.in_day, settings_.tunnel_day)
                                : domain.in_day);
        }
        domain.day = seen.day;
        domain.in_day = 0;
    }
    if (seen.hour > domain.hour) {
        domain.hour = seen.hour;
        domain.in_hour = 0;
    }
}

bool Tunnels::is_new(Domain& domain, std::uint64_t hash) {
    auto& word = domain.seen.at(hash >> 58U);
    const std::uint64_t bit = std::uint64_t{1} << (hash >> 52U & 63U);
    if ((word & bit) != 0) return false;
    word |= bit;
    ++domain.bits;
    // A day of a tunnel fills all bits; the names told before then are forgotten.
    if (domain.bits > words * 64 / 2) {
        domain.seen.fill(0);
        domain.bits = 0;
    }
    return true;
}

void Tunnels::count(Domain& domain, const Seen& seen, std::uint64_t characters) {
    domain.in_hour += characters;
    domain.in_day += characters;
    domain.in_week += characters;
    ++domain.names;
    domain.hosts.add(seen.host);
    if (domain.main_host == seen.host) {
        domain.main_weight += characters;
    } else if (domain.main_weight > characters) {
        domain.main_weight -= characters;
    } else {
        domain.main_host = seen.host;
        domain.main_weight = characters;
    }
}

void Tunnels::observe(const Seen& seen, std::string_view name, std::uint64_t hash, Alerts& alerts) {
    if (name.size() <= seen.destination_name.size() || seen.category == Category::lookups) return;
    Domain& domain = table_.at(seen.destination);
    roll(domain, seen);
    if (!is_new(domain, hash)) return;
    count(domain, seen, name.size() - seen.destination_name.size() - 1);

    constexpr std::int32_t week = 7;
    if (domain.told_day >= 0 && seen.day - domain.told_day < week) return;
    if (domain.in_week < std::min(settings_.tunnel_hour, settings_.tunnel_week)) return;
    const std::uint64_t hosts =
        std::max(domain.hosts.estimate(), settings_.tunnel_hosts) - settings_.tunnel_hosts + 1;
    std::uint64_t usual = 0;
    std::uint64_t usual_limit = 0;
    if (domain.days.size() >= settings_.own_days) {
        const auto baseline = domain.days.baseline(settings_.rule);
        usual = baseline.median;
        usual_limit = baseline.limit;
    }
    const bool day_usual = domain.in_day <= usual_limit;
    const bool fast = domain.in_hour >= settings_.tunnel_hour * hosts && !day_usual;
    const bool day = domain.in_day >= settings_.tunnel_day * hosts && !day_usual;
    const bool slow = domain.in_week >= settings_.tunnel_week * hosts && !day_usual;
    // Most of the week's comes from this one host; else it is what many look up.
    if ((!fast && !day && !slow) || domain.main_host != seen.host ||
        domain.main_weight < domain.in_week / 2) {
        return;
    }
    domain.told_day = seen.day;
    Alert alert = alert_of(seen, Kind::tunnel);
    alert.since = domain.since;
    alert.amount = domain.in_week;
    alert.count = domain.names;
    alert.baseline = {
        domain.days.size() >= settings_.own_days ? Baseline::From::own : Baseline::From::fixed,
        static_cast<std::uint32_t>(domain.days.size()), usual,
        fast ? settings_.tunnel_hour * hosts
             : (day ? settings_.tunnel_day : settings_.tunnel_week) * hosts};
    alerts.push_back(std::move(alert));
}

std::size_t Tunnels::memory_limit(const Settings& settings) {
    return sizeof(Tunnels) + BoundedTable<Domain>::memory_limit(settings.most_domains);
}

}  // namespace shoji::exfiltration
