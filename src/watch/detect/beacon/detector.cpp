#include "watch/detect/beacon/detector.h"

#include "watch/detect/beacon/hash.h"

#include <algorithm>

namespace shoji::beacon {
namespace {

constexpr std::int64_t nanoseconds = 1'000'000'000;
constexpr std::uint32_t day = 86'400;
// 2100-01-01: no terminal's clock is right after it.
constexpr std::int64_t latest = 4'102'444'800;
// Contacts closer together are one: a page and its parts, a request and its retry.
constexpr std::uint32_t burst = 2;
// From here on a pair gets a rhythm.
constexpr std::uint32_t least_contacts = 3;
// What was common is counted anew after so long.
constexpr std::uint32_t recount = 30 * day;

// Domains of the hash: the same text as a terminal, a destination, a client.
enum : std::uint64_t { of_host = 1, of_destination, of_client, of_name };

}  // namespace

Detector::Detector(const Settings& settings)
    : settings_(settings), tables_(Limits::of(settings.memory_bytes)) {}

void Detector::set_lists(DomainList young, DomainList known) {
    young_ = std::move(young);
    known_ = std::move(known);
}

std::vector<Alert> Detector::take_alerts() {
    return std::exchange(alerts_, {});
}

Detector::Statistics Detector::statistics() const {
    return {tables_.hosts.size(), tables_.targets.size(),
            tables_.pairs.size(), tables_.rhythms.size(),
            known_held_,          tables_.dropped};
}

void Detector::add(const event::Activity& activity) {
    const std::int64_t seconds = activity.time / nanoseconds;
    if (seconds <= 0 || seconds >= latest) {
        ++tables_.dropped.untimed;
        return;
    }
    if (activity.host.empty()) {
        using Kind = event::ActivityKind;
        const bool is_wanted = activity.kind == Kind::query || activity.kind == Kind::connection ||
                               activity.kind == Kind::request;
        tables_.dropped.nameless += is_wanted ? 1 : 0;
        return;
    }
    const auto time = static_cast<std::uint32_t>(seconds);
    if (!clock_.accept(time)) {
        ++tables_.dropped.strange_clock;
        return;
    }
    const auto hash = Hash(settings_.key, of_host).add(activity.host).value();
    const auto host = tables_.host(hash, activity.host, time);
    if (!host) {
        ++tables_.dropped.hosts;
        return;
    }
    tables_.hosts[*host].awake(time);
    Contact contact{activity, *host, time};
    switch (activity.kind) {
        case event::ActivityKind::query:
            add_query(contact);
            break;
        case event::ActivityKind::connection:
        case event::ActivityKind::request:
            add_transport(contact);
            break;
        default:
            break;
    }
}

bool Detector::is_inside(std::string_view name) const {
    return std::ranges::any_of(settings_.inside, [name](const std::string& domain) {
        if (!name.ends_with(domain)) return false;
        return name.size() == domain.size() || name[name.size() - domain.size() - 1] == '.';
    });
}

void Detector::add_query(Contact& contact) {
    const auto name = normal_name(contact.activity.domain, buffer_);
    if (name.empty()) {
        ++tables_.dropped.nameless;
        return;
    }
    if (is_inside(name)) return;
    judge_name(contact, name);
    const auto registered = registered_domain(name);
    add_destination(contact, {Destination::Way::dns, registered, {}});
    if (contact.pair == 0) return;
    judge_young(contact, name);
    auto& pair = tables_.pairs[contact.pair - 1];
    if (pair.rhythm == 0) return;
    tables_.rhythms[pair.rhythm - 1].add_name(Hash(settings_.key, of_name).add(name).value());
}

void Detector::add_transport(Contact& contact) {
    const auto& activity = contact.activity;
    const bool request = activity.kind == event::ActivityKind::request;
    // Through a proxy the address is the proxy's, perhaps.
    if (!request && !activity.denied && is_inside_address(activity.peer)) return;
    const auto name =
        normal_name(activity.domain.empty() ? activity.peer : activity.domain, buffer_);
    if (name.empty()) {
        ++tables_.dropped.nameless;
        return;
    }
    if (is_inside(name)) return;
    Destination destination{
        activity.denied ? Destination::Way::denied : Destination::Way::direct, name, {}};
    if (request && !activity.denied && !activity.method.empty()) {
        const auto header = normal_name(activity.host_header, header_buffer_);
        // Names of one registered domain stand in for each other without any harm.
        if (header.empty()) {
            destination.header = "-";
        } else if (registered_domain(header) != registered_domain(name)) {
            destination.header = header;
        }
    }
    add_destination(contact, destination);
    if (contact.pair == 0) return;
    judge_young(contact, name);
    if (!activity.denied) add_open_time(contact);
}

bool Detector::is_common(Target& target, std::uint32_t now) const {
    const std::uint32_t network = tables_.hosts.size();
    const auto enough = std::max<double>(settings_.common_hosts, settings_.common_share * network);
    if (target.network == 0) {
        if (target.hosts < enough) return false;
        target.network = network;
        target.common_since = now;
        return true;
    }
    // The city has grown, or a month is over.
    const bool grown = network >= 2 * target.network && target.hosts < enough;
    if (!grown && (now < target.common_since || now - target.common_since < recount)) return true;
    target.network = 0;
    target.hosts = target.pairs;
    return false;
}

void Detector::add_destination(Contact& contact, const Destination& destination) {
    Hash hash(settings_.key, of_destination);
    const char way = static_cast<char>(destination.way);
    hash.add({&way, 1}).add(destination.name).add(destination.header);
    const auto slot = tables_.target(hash.value(), contact.time);
    if (!slot) {
        ++tables_.dropped.destinations;
        return;
    }
    contact.target = *slot;
    auto& target = tables_.targets[*slot];
    if (target.name.bytes[0] == 0) {
        target.name.set(destination.text());
        target.dns = destination.way == Destination::Way::dns;
        target.denied = destination.way == Destination::Way::denied;
        target.odd_header = !destination.header.empty();
    }
    target.last = std::max(target.last, contact.time);
    const auto client = static_cast<std::uint32_t>(
        Hash(settings_.key, of_client).add(contact.activity.signature).value() >> 32);
    if (!contact.activity.signature.empty()) {
        contact.alone = tables_.hosts[contact.host].uses(client, contact.target + 1);
    }
    if (is_common(target, contact.time)) {
        // Pairs from the time before are let go one by one.
        if (target.pairs > 0) tables_.forget_pair_of(contact.host, contact.target);
        return;
    }
    bool made = false;
    const auto pair = tables_.pair(contact.host, contact.target, contact.time, made);
    contact.pair = pair + 1;
    if (made && tables_.hosts[contact.host].pairs >= tables_.limits().pairs_of_host) {
        judge_flood(contact);
    }
    if (is_common(target, contact.time)) {
        tables_.forget_pair(pair);
        contact.pair = 0;
        return;
    }
    tables_.pairs[pair].client = client;
    add_to_pair(contact);
}

Moment Detector::moment_of(const Host& host, std::uint32_t time) const {
    const std::int64_t local = std::int64_t{time} + settings_.seconds_east;
    const std::int64_t since = local / day;
    const auto hour = static_cast<std::uint32_t>(local % day / 3600);
    Moment moment;
    moment.active = host.active(time);
    // 1 January 1970 was a Thursday. Weeks of five days, days of the office's hours.
    const std::int64_t weekday = (since + 3) % 7;
    moment.in_office = weekday < 5 && hour >= settings_.office_from && hour < settings_.office_to;
    if (!moment.in_office) return moment;
    const std::int64_t days = (since + 3) / 7 * 5 + weekday;
    moment.office =
        static_cast<std::uint32_t>(days) * (settings_.office_to - settings_.office_from) +
        (hour - settings_.office_from);
    return moment;
}

void Detector::add_to_pair(Contact& contact) {
    auto& pair = tables_.pairs[contact.pair - 1];
    if (pair.contacts > 0 && contact.time < pair.last + burst) {
        // A page's parts, or what comes late.
        pair.last = std::max(pair.last, contact.time);
        return;
    }
    pair.last = contact.time;
    if (pair.contacts < UINT32_MAX) ++pair.contacts;
    const std::uint32_t today = contact.time / day;
    if (pair.last_day != today) {
        pair.last_day = today;
        if (pair.days < UINT16_MAX) ++pair.days;
    }
    judge_rare(contact);
    if (pair.contacts < least_contacts) return;
    auto& rhythm = tables_.rhythm(contact.pair - 1);
    const auto moment = moment_of(tables_.hosts[contact.host], contact.time);
    const bool look = rhythm.opens_bin(moment);
    rhythm.add(moment, contact.activity.bytes_out);
    if (look) judge(contact);
}

void Detector::add_open_time(const Contact& contact) {
    if (contact.activity.duration <= 0) return;
    auto& pair = tables_.pairs[contact.pair - 1];
    const std::uint32_t today = contact.time / day;
    if (pair.open_day != today) {
        pair.open_day = today;
        pair.open_seconds = 0;
    }
    // A week at once is as long as anything.
    const auto open =
        std::min<std::int64_t>(contact.activity.duration / nanoseconds, 7 * std::int64_t{day});
    const auto sum = std::uint64_t{pair.open_seconds} + static_cast<std::uint64_t>(open);
    pair.open_seconds = static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, UINT32_MAX));
    judge_long(contact);
}

}  // namespace shoji::beacon
