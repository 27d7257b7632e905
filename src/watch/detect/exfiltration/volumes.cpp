#include "watch/detect/exfiltration/volumes.h"

#include <algorithm>

namespace shoji::exfiltration {
namespace {

constexpr std::int32_t window_days = 28;

bool is_web(Medium medium) {
    return medium == Medium::web || medium == Medium::storage || medium == Medium::paste;
}

std::size_t index_of(Medium medium) {
    return static_cast<std::size_t>(medium);
}

}  // namespace

Volumes::Volumes(const Settings& settings)
    : settings_(settings),
      subjects_(settings.most_subjects),
      pairs_(settings.most_pairs),
      programs_(settings.most_programs),
      places_(settings.most_places) {}

std::int64_t Volumes::Subject::standing() const {
    std::int64_t most = 0;
    for (const auto& meter : meters) most = std::max(most, meter.standing());
    return most;
}

Volumes::Place& Volumes::meet(std::uint64_t key, const Seen& seen) {
    Place& place = places_.at(key);
    place.hosts.add(seen.host);
    if (place.first_day < 0) place.first_day = seen.day;
    place.last_day = std::max(place.last_day, seen.day);
    return place;
}

bool Volumes::is_common(std::uint64_t destination) {
    const Place* place = places_.find(destination);
    return place != nullptr && place->hosts.estimate() >= settings_.common_hosts;
}

std::uint64_t Volumes::usual(const Seen& seen) {
    const Pair* pair = pairs_.find(seen.subject ^ seen.destination);
    if (pair == nullptr || pair->meter.history().size() == 0) return 0;
    return pair->meter.history().baseline(settings_.rule).median;
}

Baseline Volumes::limit_of(const Meter& meter, const Place* place, const Population& population,
                           std::uint64_t floor) const {
    constexpr std::uint32_t least_peers = 5;
    Baseline baseline;
    if (meter.history().size() >= settings_.own_days) {
        // Strange for itself is not enough where the city often has as much.
        baseline = meter.history().baseline(settings_.rule);
        if (population.size() >= settings_.city_samples) {
            baseline.limit = std::max(baseline.limit, population.quantile(settings_.city_quantile));
        }
    } else {
        baseline = city_limit(population, floor);
        // What others do there as well, or with the same program, is less strange.
        if (place != nullptr && place->days.size() >= settings_.peer_samples &&
            place->hosts.estimate() >= least_peers) {
            auto peers = place->days.baseline(settings_.rule);
            peers.from = Baseline::From::peers;
            if (peers.limit > baseline.limit) baseline = peers;
        }
    }
    baseline.limit = std::max(baseline.limit, floor);
    return baseline;
}

Baseline Volumes::city_limit(const Population& population, std::uint64_t floor) const {
    if (population.size() < settings_.city_samples) {
        return {Baseline::From::fixed, population.size(), 0, floor * settings_.fixed_floors};
    }
    constexpr std::uint32_t half = 5000;
    return {Baseline::From::city, population.size(), population.quantile(half),
            population.quantile(settings_.city_quantile) * settings_.city_times};
}

// That something goes there from this subject was said today, and it is not much more by now.
bool Volumes::is_told(const Subject& subject, const Seen& seen, std::uint64_t amount) {
    return subject.told_day == seen.day && amount / 4 < subject.told_amount;
}

void Volumes::set_told(Subject& subject, const Seen& seen, std::uint64_t amount) {
    subject.told_day = seen.day;
    subject.told_destination = seen.destination;
    subject.told_amount = amount;
}

void Volumes::observe_pair(const Seen& seen, Subject& subject, Alerts& alerts) {
    Place& place = meet(seen.destination, seen);
    Pair& pair = pairs_.at(seen.subject ^ seen.destination);
    const bool web = is_web(seen.medium);
    const bool everybodys =
        seen.medium == Medium::web && place.hosts.estimate() >= settings_.common_hosts;
    auto& population = everybodys ? by_common_ : by_pair_.at(index_of(seen.medium));
    if (const auto over = pair.meter.add(seen.day, seen.amount)) {
        place.days.add(*over);
        population.add(*over);
        pair.excess -= pair.excess / 16;
    }
    const auto floor = settings_.floors.at(index_of(seen.medium));
    const auto amount = pair.meter.today();
    if (amount > floor && pair.meter.news()) {
        const auto baseline = limit_of(pair.meter, &place, population, floor);
        if (amount > baseline.limit) {
            pair.meter.tell(baseline.limit);
            if (web && subject.told_destination == seen.destination &&
                is_told(subject, seen, amount)) {
                return;
            }
            Alert alert = alert_of(seen, Kind::pair_day);
            alert.amount = amount;
            alert.baseline = baseline;
            alerts.push_back(std::move(alert));
            if (web) set_told(subject, seen, amount);
            // The subject's day holds it too.
            if (!web) subject.meters.at(index_of(seen.medium)).tell(baseline.limit);
        }
    }
    if (web) observe_leak(seen, pair, place, subject, alerts);
    if (!everybodys) observe_week(seen, pair, subject, alerts);
}

void Volumes::observe_week(const Seen& seen, Pair& pair, Subject& subject, Alerts& alerts) {
    constexpr std::int32_t week = 7;
    const auto medium = index_of(seen.medium);
    if (seen.day - pair.week_start >= week) {
        if (pair.week > 0) by_week_.at(medium).add(pair.week);
        pair.week_before = seen.day - pair.week_start < 2 * week ? pair.week : 0;
        pair.week_start = seen.day;
        pair.week = 0;
        pair.week_told = false;
    }
    constexpr std::uint64_t most = std::uint64_t{1} << 50U;
    pair.week = std::min(pair.week + std::min(seen.amount, most), most);
    constexpr std::uint64_t floors = 3;
    const auto floor = settings_.floors.at(medium) * floors;
    if (pair.week <= floor || pair.week_told) return;
    auto baseline = city_limit(by_week_.at(medium), floor);
    if (pair.week_before * 2 > baseline.limit) {
        baseline = {Baseline::From::own, 1, pair.week_before, pair.week_before * 2};
    }
    baseline.limit = std::max(baseline.limit, floor);
    if (pair.week <= baseline.limit) return;
    pair.week_told = true;
    if (!pair.meter.news()) return;
    if (is_web(seen.medium)) {
        if (is_told(subject, seen, pair.week)) return;
        set_told(subject, seen, pair.week);
    }
    Alert alert = alert_of(seen, Kind::pair_week);
    alert.since = seen.time - std::int64_t{seen.day - pair.week_start} * 24 * 3'600'000'000'000;
    alert.amount = pair.week;
    alert.baseline = baseline;
    alerts.push_back(std::move(alert));
}

// What a quarter of the answers explains, since requests ask for more than they say, is no excess.
void Volumes::close_hour(const Seen& seen, Pair& pair, const Place& place) const {
    const std::uint64_t explained = pair.hour_in / 4;
    const std::uint64_t excess = pair.hour_out > explained ? pair.hour_out - explained : 0;
    if (pair.hour_out > 0) ++pair.active_hours;
    if (learning(place.first_day) && learning(seen.day)) {
        pair.reference = std::max(pair.reference, excess);
    } else {
        const std::uint64_t allowed = settings_.leak_hourly + pair.reference + pair.reference / 2;
        if (excess > allowed) {
            pair.excess += excess - allowed;
        } else {
            pair.excess -= std::min(pair.excess, allowed - excess);
        }
    }
    pair.hour = seen.hour;
    pair.hour_out = 0;
    pair.hour_in = 0;
}

void Volumes::observe_leak(const Seen& seen, Pair& pair, const Place& place, Subject& subject,
                           Alerts& alerts) {
    if (pair.first_day < 0 || seen.day - pair.first_day > window_days) {
        pair.first_day = seen.day;
        pair.since = seen.time;
        pair.total_out = 0;
        pair.total_in = 0;
    }
    if (seen.hour > pair.hour) close_hour(seen, pair, place);
    constexpr std::uint64_t most = std::uint64_t{1} << 40U;
    const auto out = std::min(seen.activity->bytes_out, most);
    const auto in = std::min(seen.activity->bytes_in, most);
    pair.hour_out = std::min(pair.hour_out + out, most);
    pair.hour_in = std::min(pair.hour_in + in, most);
    pair.total_out = std::min(pair.total_out + out, most);
    pair.total_in = std::min(pair.total_in + in, most);

    const bool drips =
        pair.excess >= settings_.leak_bytes && pair.active_hours >= settings_.leak_hours;
    const bool adds_up = pair.total_out >= settings_.leak_total && pair.total_out > pair.total_in &&
                         !learning(place.first_day);
    if (!drips && !adds_up) return;
    if (pair.told_day >= 0 && seen.day - pair.told_day <= window_days) return;
    if (place.hosts.estimate() > settings_.rare_hosts) return;
    pair.told_day = seen.day;
    if (subject.told_destination == seen.destination && is_told(subject, seen, pair.total_out))
        return;
    Alert alert = alert_of(seen, Kind::leak);
    alert.amount = pair.total_out;
    alert.since = pair.since;
    alert.count = pair.active_hours;
    alert.baseline = {Baseline::From::own, pair.active_hours, pair.reference,
                      drips ? settings_.leak_bytes : settings_.leak_total};
    alerts.push_back(std::move(alert));
    set_told(subject, seen, pair.total_out);
}

// What this hour of the week has; while somebody is at work there, no less than what the whole city
// sends in an hour.
Baseline Volumes::hour_limit(const Subject& subject) const {
    const auto city = city_limit(by_hour_, settings_.hour_floor);
    auto baseline = subject.season.usual(settings_.rule).value_or(city);
    if (baseline.quartile > 0) baseline.limit = std::max(baseline.limit, city.limit);
    baseline.limit = std::max(baseline.limit, settings_.hour_floor);
    return baseline;
}

void Volumes::observe_hour(const Seen& seen, Subject& subject, Alerts& alerts) {
    // Both directions of work show that somebody is there.
    if (const auto over = subject.season.add(seen.hour, seen.activity->bytes_out)) {
        by_hour_.add(*over);
    }
    const auto amount = subject.season.now();
    if (amount <= settings_.hour_floor || is_told(subject, seen, amount)) return;
    constexpr std::int64_t week = 168;
    if (subject.told_hour >= 0 && seen.hour - subject.told_hour <= week &&
        amount / 2 < subject.told_hour_amount) {
        return;
    }
    const auto baseline = hour_limit(subject);
    if (amount <= baseline.limit) return;
    subject.told_hour = seen.hour;
    subject.told_hour_amount = amount;
    Alert alert = alert_of(seen, Kind::volume_hour);
    alert.amount = amount;
    alert.baseline = baseline;
    alerts.push_back(std::move(alert));
    set_told(subject, seen, amount);
}

void Volumes::observe_program(const Seen& seen, Subject& subject, Alerts& alerts) {
    if (seen.activity->process.empty()) return;
    Place& place = meet(~seen.process, seen);
    Meter& meter = programs_.at(seen.subject ^ ~seen.process).meter;
    if (const auto over = meter.add(seen.day, seen.amount)) {
        place.days.add(*over);
        by_program_.add(*over);
    }
    const auto floor = settings_.floors.at(index_of(Medium::web));
    if (meter.today() <= floor || !meter.news() || is_told(subject, seen, meter.today())) return;
    const auto baseline = limit_of(meter, &place, by_program_, floor);
    if (meter.today() <= baseline.limit) return;
    Alert alert = alert_of(seen, Kind::program_day);
    alert.amount = meter.today();
    alert.baseline = baseline;
    alerts.push_back(std::move(alert));
    meter.tell(baseline.limit);
    set_told(subject, seen, meter.today());
}

void Volumes::observe_subject(const Seen& seen, Subject& subject, Alerts& alerts) {
    Meter& meter = subject.meters.at(index_of(seen.medium));
    auto& population = by_subject_.at(index_of(seen.medium));
    if (const auto over = meter.add(seen.day, seen.amount)) population.add(*over);
    const auto floor = settings_.floors.at(index_of(seen.medium));
    if (meter.today() <= floor || !meter.news()) return;
    if (is_web(seen.medium) && is_told(subject, seen, meter.today())) return;
    const auto baseline = limit_of(meter, nullptr, population, floor);
    if (meter.today() <= baseline.limit) return;
    Alert alert = alert_of(seen, Kind::volume_day);
    alert.amount = meter.today();
    alert.baseline = baseline;
    alerts.push_back(std::move(alert));
    meter.tell(baseline.limit);
    if (is_web(seen.medium)) {
        set_told(subject, seen, meter.today());
    }
}

void Volumes::observe(const Seen& seen, Alerts& alerts) {
    if (first_day_ < 0) first_day_ = seen.day;
    Subject& subject = subjects_.at(seen.subject);
    if (seen.destination != 0) observe_pair(seen, subject, alerts);
    if (is_web(seen.medium)) {
        if (seen.medium == Medium::web && is_common(seen.destination)) return;
        observe_hour(seen, subject, alerts);
        observe_program(seen, subject, alerts);
    }
    observe_subject(seen, subject, alerts);
}

std::uint64_t Volumes::displaced() const {
    return subjects_.displaced() + pairs_.displaced() + programs_.displaced() + places_.displaced();
}

std::size_t Volumes::memory_limit(const Settings& settings) {
    return sizeof(Volumes) + BoundedTable<Subject>::memory_limit(settings.most_subjects) +
           BoundedTable<Pair>::memory_limit(settings.most_pairs) +
           BoundedTable<Program>::memory_limit(settings.most_programs) +
           BoundedTable<Place>::memory_limit(settings.most_places);
}

}  // namespace shoji::exfiltration
