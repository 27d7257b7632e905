#include "watch/detect/intrusion/lateral.h"

#include "watch/detect/incident/links.h"
#include "watch/detect/incident/names.h"
#include "watch/detect/intrusion/hash.h"

#include <algorithm>
#include <set>
#include <utility>

namespace shoji::intrusion {
namespace {

constexpr std::uint8_t remote_desktop = 10;

}  // namespace

std::string Lateral::host_of(std::string_view address, std::string_view name) {
    auto host = incident::host_key(name);
    const auto key = incident::host_key(address);
    if (!host.empty()) {
        if (!key.empty()) names_.touch(key).host = host;
        return host;
    }
    const auto* known = names_.find(key);
    return known == nullptr ? key : known->host;
}

void Lateral::logon(const Look& look) {
    if (!incident::is_remote_logon(look.activity)) return;
    const auto from = host_of(look.activity.peer, look.activity.domain);
    if (from.empty() || from == look.host) return;
    auto& list = arrivals_.touch(look.host).list;
    const auto user = incident::user_key(look.activity.user);
    std::erase_if(list, [&](const Arrival& one) { return one.from == from && one.user == user; });
    if (list.size() >= most_arrivals) list.erase(list.begin());
    list.push_back({from, user, look.activity.logon_type, look.age.now});
    fan_out(look, from);
}

void Lateral::fan_out(const Look& look, const std::string& from) {
    auto& fan = fans_.touch(from);
    const auto to = hash_of(look.host);
    const auto now = look.age.now;
    if (std::ranges::find(fan.known, to) != fan.known.end()) return;
    if (fan.known.size() >= most_known) fan.known.erase(fan.known.begin());
    fan.known.push_back(to);
    std::erase_if(fan.fresh, [&](event::Time time) { return now - time > incident::hour; });
    if (fan.fresh.size() >= most_known) fan.fresh.erase(fan.fresh.begin());
    fan.fresh.push_back(now);
    const auto count = static_cast<std::uint32_t>(fan.fresh.size());
    if (look.age.is_learning()) {
        fan.usual = std::max(fan.usual, count);
        return;
    }
    const auto limit = std::max(look.settings.fan_hosts, look.settings.fan_times * fan.usual);
    if (count <= limit || (fan.told != 0 && now - fan.told < incident::hour)) return;
    fan.told = now;
    auto alert = look.alert("fan_out", "intrusion.fan_out", Level::medium);
    alert.host = from;
    alert.process.clear();
    alert.process_id = 0;
    alert.peer = look.host;
    alert.linked = {look.host};
    alert.values = {{"from", from},
                    {"targets", std::to_string(count)},
                    {"limit", std::to_string(limit)},
                    {"usual", std::to_string(fan.usual)},
                    {"days", std::to_string(look.age.days())}};
    alert.techniques = {"T1021", "T1018"};
    alert.baseline = "intrusion.baseline.source";
    look.alerts.push_back(std::move(alert));
}

// The newest logon from afar within Settings::follow; where many log on, one by the same user.
std::optional<Lateral::Arrival> Lateral::arrival_of(const Look& look) const {
    constexpr std::size_t busy = 8;
    const auto* arrivals = arrivals_.find(look.host);
    if (arrivals == nullptr) return std::nullopt;
    const auto since = look.age.now - look.settings.follow;
    const auto user = incident::user_key(look.activity.user);
    std::set<std::string> sources;
    const Arrival* newest = nullptr;
    const Arrival* same_user = nullptr;
    for (const auto& one : arrivals->list) {
        if (one.time < since) continue;
        sources.insert(one.from);
        newest = &one;
        if (!user.empty() && one.user == user) same_user = &one;
    }
    if (same_user != nullptr) return *same_user;
    if (newest == nullptr || sources.size() > busy) return std::nullopt;
    return *newest;
}

Lateral::Moves& Lateral::moved(const Look& look, const std::string& name, const std::string& to) {
    auto& moves = moves_.touch(name);
    const auto now = look.age.now;
    std::erase_if(moves.targets, [&](const Target& target) {
        return now - target.time > look.settings.span || target.host == to;
    });
    if (moves.targets.empty()) moves.deepest = 0;
    if (moves.targets.size() >= most_targets) moves.targets.erase(moves.targets.begin());
    moves.targets.push_back({to, now});
    if (look.age.is_learning()) {
        moves.usual = std::max(moves.usual, static_cast<std::uint32_t>(moves.targets.size()));
    }
    return moves;
}

void Lateral::installed(const Look& look, std::string_view technique, const Standing& before) {
    if (before.is_usual || before.on_this_host) return;
    const auto arrival = arrival_of(look);
    if (!arrival) return;
    const auto* origin = origins_.find(arrival->from);
    const bool goes_on = origin != nullptr && look.age.now - origin->time <= look.settings.span;
    const Origin own{goes_on ? origin->root : arrival->from, goes_on ? origin->depth + 1 : 1,
                     look.age.now};
    if (own.root == look.host) return;  // back to where it began
    origins_.touch(look.host) = own;
    auto& moves = moved(look, own.root, look.host);
    moves.deepest = std::max(moves.deepest, own.depth);
    if (look.age.is_learning()) return;
    const auto limit = std::max(look.settings.chain_hosts, 2 * moves.usual);
    const bool is_routine =
        moves.usual >= look.settings.chain_hosts && moves.targets.size() <= limit;
    tell_move(look, *arrival, technique, moves, is_routine);
    if (moves.targets.size() >= limit && !is_routine) tell_chain(look, own.root, moves);
}

void Lateral::tell_move(const Look& look, const Arrival& arrival, std::string_view technique,
                        const Moves& moves, bool is_routine) {
    const bool is_desktop = arrival.type == remote_desktop;
    const auto name = look.activity.target.empty() ? look.activity.process : look.activity.target;
    auto alert = look.alert("lateral_move", "intrusion.lateral_move",
                            is_routine ? Level::low : Level::medium);
    alert.peer = arrival.from;
    if (!is_routine) alert.linked = {arrival.from};
    alert.values = {{"from", arrival.from},
                    {"to", look.host},
                    {"account", arrival.user},
                    {"type", std::to_string(arrival.type)},
                    {"name", incident::clipped(name, Alert::most_value)},
                    {"targets", std::to_string(moves.targets.size())},
                    {"usual", std::to_string(moves.usual)},
                    {"days", std::to_string(look.age.days())}};
    alert.techniques = {is_desktop ? "T1021.001" : "T1021.002", std::string(technique)};
    alert.baseline = "intrusion.baseline.source";
    look.alerts.push_back(std::move(alert));
}

void Lateral::tell_chain(const Look& look, const std::string& root, const Moves& moves) {
    const bool is_grave =
        moves.targets.size() >= std::max(look.settings.grave_hosts, 2 * moves.usual);
    auto alert = look.alert("lateral_chain", "intrusion.lateral_chain",
                            is_grave ? Level::critical : Level::high);
    alert.host = root;
    alert.process.clear();
    alert.process_id = 0;
    alert.peer = look.host;
    std::string names;
    for (const auto& target : moves.targets) {
        alert.linked.push_back(target.host);
        names += (names.empty() ? "" : ", ") + target.host;
    }
    alert.values = {{"from", root},
                    {"targets", std::to_string(moves.targets.size())},
                    {"names", incident::clipped(names, Alert::most_value)},
                    {"depth", std::to_string(moves.deepest)},
                    {"usual", std::to_string(moves.usual)},
                    {"days", std::to_string(look.age.days())}};
    alert.techniques = {"T1021", "T1570"};
    alert.baseline = "intrusion.baseline.source";
    look.alerts.push_back(std::move(alert));
}

}  // namespace shoji::intrusion
