// What the numbers of a pair amount to.
#include "watch/detect/beacon/detector.h"
#include "watch/detect/beacon/hash.h"
#include "watch/detect/beacon/language.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace shoji::beacon {
namespace {

constexpr double day = 86'400;
constexpr std::int64_t nanoseconds = 1'000'000'000;
constexpr std::uint32_t hour = 3600;
// RITA's modifiers (default_config.hjson).
constexpr double step = 0.15;
constexpr double header_step = 0.1;
constexpr double old_days = 30;
constexpr std::uint32_t many_names = 100;
// A destination that only so many terminals know is rare in any city.
constexpr std::uint32_t very_few = 2;
constexpr std::uint32_t least_visits = 3;
constexpr std::uint32_t least_days = 2;
constexpr std::uint64_t of_name = 4;

}  // namespace

double Detector::known_days(const Target& target) const {
    return clock_.now() > target.first ? (clock_.now() - target.first) / day : 0;
}

Modifiers Detector::modifiers_of(const Contact& contact) const {
    const auto& target = tables_.targets[contact.target];
    Modifiers modifiers;
    const double network = tables_.hosts.size();
    // In a small network one terminal is more than that share, and still one alone.
    if (target.hosts <= 1 || target.hosts <= settings_.rare_share * network) {
        modifiers.prevalence = step;
    }
    const double age = known_days(target);
    // What came in the detector's first days was perhaps there before.
    const double before = (target.first - std::min(clock_.began(), target.first)) / day;
    if (age <= settings_.new_days && before >= 1) {
        modifiers.first_seen = step;
    } else if (age >= old_days) {
        modifiers.first_seen = -step;
    }
    if (contact.alone) modifiers.rare_signature = step;
    if (target.odd_header) modifiers.missing_header = header_step;
    const auto& pair = tables_.pairs[contact.pair - 1];
    if (target.dns && pair.rhythm != 0 && tables_.rhythms[pair.rhythm - 1].names() >= many_names) {
        modifiers.many_names = step;
    }
    return modifiers;
}

Alert Detector::describe(AlertKind kind, const Contact& contact) const {
    const auto& target = tables_.targets[contact.target];
    const auto& pair = tables_.pairs[contact.pair - 1];
    Alert alert;
    alert.kind = kind;
    alert.time = contact.activity.time;
    alert.host = tables_.hosts[contact.host].name.view();
    alert.destination = target.name.view();
    alert.contacts = pair.contacts;
    alert.first = std::int64_t{pair.first} * nanoseconds;
    alert.last = std::int64_t{pair.last} * nanoseconds;
    alert.modifiers = modifiers_of(contact);
    alert.open_hours = static_cast<double>(pair.open_seconds) / hour;
    if (pair.rhythm != 0) {
        const auto& rhythm = tables_.rhythms[pair.rhythm - 1];
        const auto judgement = rhythm.judge(target.dns);
        alert.scores = judgement.scores;
        alert.view = judgement.view;
        alert.middle_pause = judgement.middle_pause;
        alert.middle_size = judgement.middle_size;
        alert.names = rhythm.names();
    }
    alert.hosts = target.hosts;
    alert.network = tables_.hosts.size();
    alert.known_days = known_days(target);
    alert.observed_days = (clock_.now() - clock_.began()) / day;
    return alert;
}

void Detector::tell(AlertKind kind, const Contact& contact, Alert alert) {
    auto& pair = tables_.pairs[contact.pair - 1];
    pair.told = static_cast<std::uint8_t>(pair.told | (1U << static_cast<unsigned>(kind)));
    alert.threat = std::clamp(alert.threat, 0.0, 1.0);
    if (known_.size() > 0) {
        const auto name =
            contact.activity.domain.empty() ? contact.activity.peer : contact.activity.domain;
        std::string buffer;
        if (known_.find(normal_name(name, buffer))) {
            ++known_held_;
            return;
        }
    }
    if (alerts_.size() >= most_alerts) {
        ++tables_.dropped.alerts;
        return;
    }
    alerts_.push_back(std::move(alert));
}

void Detector::judge(const Contact& contact) {
    const auto& pair = tables_.pairs[contact.pair - 1];
    auto& rhythm = tables_.rhythms[pair.rhythm - 1];
    if (tables_.targets[contact.target].denied) {
        judge_denied(contact, rhythm);
        return;
    }
    if ((pair.told & (1U << static_cast<unsigned>(AlertKind::beacon))) != 0) return;
    const auto judgement = rhythm.judge(tables_.targets[contact.target].dns);
    const double threat =
        bucketed(judgement.scores.total(), beacon_buckets) + modifiers_of(contact).sum();
    rhythm.worth = static_cast<std::uint8_t>(std::clamp(threat, 0.0, 1.0) * 100);
    if (judgement.scores.total() < beacon_buckets[0] || threat < settings_.threshold) return;
    auto alert = describe(AlertKind::beacon, contact);
    alert.threat = threat;
    tell(AlertKind::beacon, contact, std::move(alert));
}

void Detector::judge_long(const Contact& contact) {
    const auto& pair = tables_.pairs[contact.pair - 1];
    if ((pair.told & (1U << static_cast<unsigned>(AlertKind::long_connection))) != 0) return;
    const double open = bucketed(static_cast<double>(pair.open_seconds) / hour, open_hours_buckets);
    const double threat = open + modifiers_of(contact).sum();
    if (open == 0 || threat < settings_.threshold) return;
    auto alert = describe(AlertKind::long_connection, contact);
    alert.threat = threat;
    tell(AlertKind::long_connection, contact, std::move(alert));
}

void Detector::judge_rare(const Contact& contact) {
    const auto& pair = tables_.pairs[contact.pair - 1];
    const auto& target = tables_.targets[contact.target];
    if (target.hosts > very_few || !contact.alone || target.denied || target.dns) return;
    if (pair.contacts < least_visits || pair.days < least_days) return;
    if ((pair.told & (1U << static_cast<unsigned>(AlertKind::rare_destination))) != 0) return;
    const auto modifiers = modifiers_of(contact);
    if (modifiers.first_seen <= 0 || modifiers.prevalence <= 0) return;
    auto alert = describe(AlertKind::rare_destination, contact);
    // Three of three signs, and a fourth where there is one.
    alert.threat = settings_.threshold + modifiers.missing_header;
    tell(AlertKind::rare_destination, contact, std::move(alert));
}

void Detector::judge_denied(const Contact& contact, const Rhythm& rhythm) {
    const auto& pair = tables_.pairs[contact.pair - 1];
    if ((pair.told & (1U << static_cast<unsigned>(AlertKind::denied))) != 0) return;
    const auto modifiers = modifiers_of(contact);
    const auto recent = rhythm.recent();
    if (recent.contacts < settings_.denied_contacts || recent.hours < settings_.denied_hours ||
        modifiers.prevalence <= 0) {
        return;
    }
    auto alert = describe(AlertKind::denied, contact);
    alert.threat = settings_.threshold + modifiers.first_seen;
    tell(AlertKind::denied, contact, std::move(alert));
}

void Detector::judge_young(const Contact& contact, std::string_view name) {
    if (young_.size() == 0) return;
    const auto& pair = tables_.pairs[contact.pair - 1];
    if ((pair.told & (1U << static_cast<unsigned>(AlertKind::young_domain))) != 0) return;
    const auto entry = young_.find(name);
    if (!entry) return;
    const double age = (contact.time - static_cast<double>(entry->registered)) / day;
    if (entry->registered != 0 && age > settings_.young_days) return;
    auto alert = describe(AlertKind::young_domain, contact);
    alert.threat = settings_.threshold;
    tell(AlertKind::young_domain, contact, std::move(alert));
}

void Detector::judge_flood(const Contact& contact) {
    auto& host = tables_.hosts[contact.host];
    constexpr std::uint32_t again = 86'400;
    if (host.flooded != 0 && contact.time < host.flooded + again) return;
    host.flooded = contact.time;
    auto alert = describe(AlertKind::flood, contact);
    alert.contacts = host.pairs;
    alert.threat = settings_.threshold;
    tell(AlertKind::flood, contact, std::move(alert));
}

void Detector::judge_name(const Contact& contact, std::string_view name) {
    if (!language().looks_generated(registered_label(name))) return;
    auto& host = tables_.hosts[contact.host];
    if (contact.time >= host.names_since + hour || contact.time < host.names_since) {
        host.names_since = contact.time;
        host.names_weight = 0;
        host.names_seen = 0;
    }
    const auto place = Hash(settings_.key, of_name).add(registered_domain(name)).value() >> 58;
    if ((host.names_seen >> place & 1) != 0) return;
    host.names_seen |= std::uint64_t{1} << place;
    // A name that exists is a quarter of one that does not.
    host.names_weight += contact.activity.text.empty() ? 4 : 1;
    if (host.names_weight < 4 * settings_.generated_names) return;
    constexpr std::uint32_t again = 86'400;
    if (host.names_told != 0 && contact.time < host.names_told + again) return;
    host.names_told = contact.time;
    Alert alert;
    alert.kind = AlertKind::generated_names;
    alert.time = contact.activity.time;
    alert.host = host.name.view();
    alert.destination = name;
    alert.first = std::int64_t{host.names_since} * nanoseconds;
    alert.last = std::int64_t{contact.time} * nanoseconds;
    alert.names = static_cast<std::uint32_t>(std::popcount(host.names_seen));
    alert.contacts = alert.names;
    alert.threat = settings_.threshold;
    alert.network = tables_.hosts.size();
    alert.observed_days = (clock_.now() - clock_.began()) / day;
    if (alerts_.size() >= most_alerts) {
        ++tables_.dropped.alerts;
        return;
    }
    alerts_.push_back(std::move(alert));
}

}  // namespace shoji::beacon
