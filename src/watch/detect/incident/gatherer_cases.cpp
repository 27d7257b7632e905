// Which case an alert belongs to, and which cases make room.
#include "watch/detect/incident/gatherer.h"
#include "watch/detect/incident/names.h"

#include <algorithm>
#include <tuple>

namespace shoji::incident {

Incident& Gatherer::case_for(const Arrival& arrival) {
    std::set<std::uint64_t> candidates;
    gather_candidates(arrival, candidates);
    if (!candidates.empty()) return join(std::move(candidates));
    const auto id = next_id_++;
    auto& incident = cases_[id];
    incident.id = id;
    bytes_ += incident.bytes();
    return incident;
}

void Gatherer::gather_candidates(const Arrival& arrival, std::set<std::uint64_t>& candidates) {
    const auto take = [&](const std::string& subject) {
        const auto found = by_host_.find(subject);
        if (found == by_host_.end()) return;
        auto& incident = cases_.at(found->second);
        if (is_over(incident)) {
            end(incident);
        } else {
            candidates.insert(incident.id);
        }
    };
    take(arrival.subject);
    for (const auto& peer : arrival.alert.linked) take(links_.host_of(peer));
    // What is less grave happens everywhere every day, and would join everybody.
    if (arrival.alert.level < Level::medium) return;
    if (arrival.is_personal) {
        const auto found = by_user_.find(arrival.user);
        if (found != by_user_.end()) {
            const auto& incident = cases_.at(found->second);
            if (incident.is_weighty() && !is_over(incident)) candidates.insert(incident.id);
        }
    }
    const auto since = arrival.now - settings_.link_span;
    for (const auto& host : links_.around(arrival.host, since, settings_.common_peers)) {
        add_weighty(host, candidates);
    }
}

void Gatherer::add_weighty(const std::string& host, std::set<std::uint64_t>& candidates) const {
    const auto found = by_host_.find(host);
    if (found == by_host_.end()) return;
    const auto& incident = cases_.at(found->second);
    if (incident.is_weighty() && !is_over(incident)) candidates.insert(incident.id);
}

// The oldest takes in the others. Precondition: there is one.
Incident& Gatherer::join(std::set<std::uint64_t> candidates) {
    auto& oldest = cases_.at(*candidates.begin());
    candidates.erase(candidates.begin());
    for (const auto id : candidates) {
        auto& other = cases_.at(id);
        if (oldest.hosts.size() + other.hosts.size() > Incident::most_hosts) {
            ++losses_.unjoined;
            continue;
        }
        bytes_ -= oldest.bytes() + other.bytes();
        oldest.take(other);
        bytes_ += oldest.bytes();
        for (const auto& host : other.hosts) by_host_[host] = oldest.id;
        for (const auto& user : other.users) {
            const auto found = by_user_.find(user);
            if (found != by_user_.end() && found->second == id) found->second = oldest.id;
        }
        for (const auto& host : other.host_names()) processes_.move(host, id, oldest.id);
        changed_.erase(id);
        cases_.erase(id);
    }
    return oldest;
}

bool Gatherer::is_over(const Incident& incident) const {
    if (incident.state == State::over) return true;
    if (incident.state == State::open) return clock_.now() - incident.last > settings_.quiet;
    return incident.alerts > 0 && incident.risk(clock_.now(), settings_) < 1;
}

void Gatherer::remember(const Incident& incident) {
    const auto number = incident.state == State::gathering ? 0 : incident.id;
    for (const auto& finding : incident.findings) {
        const auto& alert = finding.alert;
        const auto user = user_key(alert.user);
        const EarlierAlert earlier{alert.detector, alert.rule,    alert.what, alert.values,
                                   alert.level,    alert.host,    alert.user, alert.time,
                                   finding.last,   finding.count, false,      number};
        const bool is_personal = by_user_.contains(user);
        history_.add(earlier, host_key(alert.host), is_personal ? user : std::string());
    }
}

// Its hosts and users are free for new cases; what was only gathered goes.
void Gatherer::end(Incident& incident) {
    if (incident.state == State::over) return;
    remember(incident);
    const auto id = incident.id;
    std::erase_if(by_host_, [id](const auto& entry) { return entry.second == id; });
    std::erase_if(by_user_, [id](const auto& entry) { return entry.second == id; });
    if (incident.state == State::gathering) {
        forget(id);
        return;
    }
    incident.state = State::over;
    changed_.insert(id);
}

void Gatherer::forget(std::uint64_t id) {
    const auto found = cases_.find(id);
    bytes_ -= found->second.bytes();
    changed_.erase(id);
    cases_.erase(found);
}

// Looks at one case a call, so that none outlives its time for long.
void Gatherer::sweep() {
    if (cases_.empty()) return;
    auto next = cases_.upper_bound(swept_);
    if (next == cases_.end()) next = cases_.begin();
    swept_ = next->first;
    if (is_over(next->second)) end(next->second);
}

void Gatherer::make_room() {
    constexpr int looked_at = 16;
    while (cases_.size() > settings_.most_cases || bytes_ > settings_.most_bytes) {
        // Those that are over go first, then what was only gathered, by risk.
        std::optional<std::tuple<int, double, std::uint64_t>> lowest;
        for (int i = 0; i < looked_at; ++i) {
            auto next = cases_.upper_bound(hand_);
            if (next == cases_.end()) next = cases_.begin();
            hand_ = next->first;
            const auto& incident = next->second;
            const int rank = incident.state == State::over        ? 0
                             : incident.state == State::gathering ? 1
                                                                  : 2;
            const std::tuple standing{rank, risk(incident), incident.id};
            if (!lowest || standing < *lowest) lowest = standing;
        }
        auto& incident = cases_.at(std::get<2>(*lowest));
        switch (incident.state) {
            case State::over:
                ++losses_.over;
                forget(incident.id);
                break;
            case State::gathering:
                ++losses_.gathered;
                end(incident);
                break;
            case State::open:
                ++losses_.open;
                end(incident);
                forget(std::get<2>(*lowest));
                break;
        }
    }
}

}  // namespace shoji::incident
