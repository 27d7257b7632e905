#include "watch/detect/incident/gatherer.h"

#include "watch/detect/incident/names.h"

#include <algorithm>

namespace shoji::incident {
namespace {

constexpr std::size_t most_ancestors = 16;

TreeNode tree_node(const ProcessNode& node, const std::string& host, std::uint32_t parent) {
    return {parent, host, node.id, node.image, node.command, node.user, node.started, 0};
}

}  // namespace

Gatherer::Gatherer(Settings settings, Suppressions suppressions)
    : settings_(std::move(settings)),
      suppressions_(std::move(suppressions)),
      used_(suppressions_.all().size()),
      processes_(settings_.most_hosts, settings_.most_processes),
      links_(settings_.most_hosts),
      history_(settings_.most_subjects) {}

void Gatherer::set_suppressions(Suppressions suppressions) {
    suppressions_ = std::move(suppressions);
    used_.assign(suppressions_.all().size(), false);
    held_by_.reset();
}

void Gatherer::name_address(std::string_view address, std::string_view host) {
    links_.name_address(address, host);
}

void Gatherer::observe(const event::Activity& activity) {
    const auto host = host_key(activity.host);
    const auto now = clock_.believe(activity.time, host);
    sweep();
    if (activity.kind == event::ActivityKind::logon) links_.observe(activity, now);
    if (activity.kind != event::ActivityKind::process) return;
    const auto& node = processes_.observe(activity, host, now);
    const auto found = cases_.find(node.incident);
    if (found == cases_.end() || found->second.state == State::over) return;
    auto& incident = found->second;
    const auto before = incident.bytes();
    auto parent = TreeNode::no_parent;
    if (const auto* starter = processes_.parent_of(host, node)) {
        parent = incident.add_process(tree_node(*starter, host, TreeNode::no_parent));
    }
    incident.add_process(tree_node(node, host, parent));
    bytes_ += incident.bytes() - before;
    if (incident.state == State::open) changed_.insert(incident.id);
    make_room();
}

std::uint64_t Gatherer::add(const Alert& given) {
    const Alert alert = given.bounded();
    const auto arrival = arrival_of(alert);
    sweep();
    if (suppress(arrival)) return 0;
    auto& incident = case_for(arrival);
    const auto before = incident.bytes();
    tie(incident, arrival);
    incident.add(alert, arrival.now);
    add_tree(incident, arrival);
    open_if_grave(incident, arrival);
    bytes_ += incident.bytes() - before;
    const auto id = incident.id;
    make_room();
    return id;
}

Gatherer::Arrival Gatherer::arrival_of(const Alert& alert) {
    auto host = host_key(alert.host);
    auto user = user_key(alert.user);
    auto subject = host;
    if (std::ranges::find(settings_.shared_hosts, host) != settings_.shared_hosts.end()) {
        subject += "|" + user;
    }
    const auto now = clock_.believe(alert.time, host);
    const auto& shared = settings_.shared_accounts;
    const bool is_personal = !user.empty() && !user.ends_with('$') &&
                             !is_local_account(alert.user, alert.host) &&
                             std::ranges::find(shared, user) == shared.end();
    return {alert, now, std::move(host), std::move(subject), std::move(user), is_personal};
}

bool Gatherer::suppress(const Arrival& arrival) {
    const auto& alert = arrival.alert;
    held_by_.reset();
    if (const auto* suppression = suppressions_.covering(alert, arrival.now)) {
        held_by_ = static_cast<std::size_t>(suppression - suppressions_.all().data());
        used_[*held_by_] = true;
        counts_.held(*suppression, alert, arrival.now);
        history_.add({alert.detector, alert.rule, alert.what, alert.values, alert.level, alert.host,
                      alert.user, arrival.now, arrival.now, 1, true, 0},
                     arrival.host, arrival.is_personal ? arrival.user : std::string());
        return true;
    }
    if (const auto* expired = suppressions_.expired_covering(alert, arrival.now)) {
        counts_.late(*expired, alert, arrival.now);
    }
    return false;
}

const Suppression* Gatherer::held_by() const {
    return held_by_ ? &suppressions_.all()[*held_by_] : nullptr;
}

std::vector<const Suppression*> Gatherer::unused_suppressions() const {
    std::vector<const Suppression*> list;
    for (std::size_t i = 0; i < used_.size(); ++i) {
        const auto& one = suppressions_.all()[i];
        if (!used_[i] && now() < one.expires) list.push_back(&one);
    }
    return list;
}

// The alert's host, and the hosts that it links, belong to the incident from now on.
void Gatherer::tie(Incident& incident, const Arrival& arrival) {
    const auto claim = [&](const std::string& subject) {
        if (by_host_.contains(subject)) return;
        if (incident.add_host(subject)) by_host_.emplace(subject, incident.id);
    };
    claim(arrival.subject);
    for (const auto& peer : arrival.alert.linked) {
        if (const auto host = links_.host_of(peer); !host.empty()) claim(host);
    }
    if (!arrival.user.empty()) incident.add_user(arrival.user);
    if (arrival.is_personal) by_user_.try_emplace(arrival.user, incident.id);
}

// The process that the alert names, with those that started it.
void Gatherer::add_tree(Incident& incident, const Arrival& arrival) {
    const auto& alert = arrival.alert;
    auto* node = processes_.find(arrival.host, alert.process_id, alert.process);
    if (node == nullptr) {
        if (alert.process.empty()) return;
        incident.add_process({TreeNode::no_parent,
                              arrival.host,
                              alert.process_id,
                              alert.process,
                              {},
                              alert.user,
                              0,
                              1});
        return;
    }
    node->incident = incident.id;
    std::vector<const ProcessNode*> chain{node};
    while (chain.size() < most_ancestors) {
        const auto* parent = processes_.parent_of(arrival.host, *chain.back());
        if (parent == nullptr) break;
        chain.push_back(parent);
    }
    auto above = TreeNode::no_parent;
    const auto* root = chain.back();
    if (chain.size() < most_ancestors && !root->parent_image.empty()) {
        above = incident.add_process(
            {TreeNode::no_parent, arrival.host, root->parent_id, root->parent_image, {}, {}, 0, 0});
    }
    for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
        auto shown = tree_node(**at, arrival.host, above);
        shown.alerts = *at == node ? 1 : 0;
        above = incident.add_process(std::move(shown));
    }
}

void Gatherer::open_if_grave(Incident& incident, const Arrival& arrival) {
    const double risk_now = incident.risk(arrival.now, settings_);
    incident.highest_risk = std::max(incident.highest_risk, static_cast<std::uint64_t>(risk_now));
    if (incident.state == State::gathering) {
        const bool is_critical = arrival.alert.level == Level::critical;
        if (!is_critical && risk_now < settings_.threshold) return;
        incident.state = State::open;
        incident.cause = is_critical ? Cause::critical : Cause::risk;
        incident.opened = arrival.now;
    }
    changed_.insert(incident.id);
}

std::vector<const Incident*> Gatherer::incidents() const {
    std::vector<const Incident*> open;
    for (const auto& [id, incident] : cases_) {
        if (incident.state == State::open) open.push_back(&incident);
    }
    std::ranges::stable_sort(open, std::ranges::greater(),
                             [this](const Incident* one) { return risk(*one); });
    return open;
}

std::vector<const Incident*> Gatherer::opened() const {
    std::vector<const Incident*> list;
    for (const auto& [id, incident] : cases_) {
        if (incident.state != State::gathering) list.push_back(&incident);
    }
    std::ranges::stable_sort(list, std::ranges::greater(), &Incident::highest_risk);
    return list;
}

const Incident* Gatherer::find(std::uint64_t id) const {
    const auto found = cases_.find(id);
    if (found != cases_.end()) return &found->second;
    for (const auto& [other, incident] : cases_) {
        if (std::ranges::find(incident.joined, id) != incident.joined.end()) return &incident;
    }
    return nullptr;
}

std::vector<std::uint64_t> Gatherer::take_changed() {
    std::vector<std::uint64_t> list(changed_.begin(), changed_.end());
    changed_.clear();
    return list;
}

bool Gatherer::close(std::uint64_t id) {
    const auto found = cases_.find(id);
    if (found == cases_.end() || found->second.state != State::open) return false;
    end(found->second);
    return true;
}

std::vector<EarlierAlert> Gatherer::earlier(const Incident& incident) const {
    std::vector<std::string> users;
    for (const auto& user : incident.users) {
        if (by_user_.contains(user)) users.push_back(user);
    }
    auto list = history_.of(incident.host_names(), users);
    std::erase_if(list, [&](const EarlierAlert& one) { return one.incident == incident.id; });
    return list;
}

double Gatherer::risk(const Incident& incident) const {
    return incident.risk(clock_.now(), settings_);
}

Gatherer::Losses Gatherer::losses() const {
    auto all = losses_;
    all.processes = processes_.displaced();
    all.links = links_.displaced();
    all.history = history_.displaced();
    all.untimely = clock_.untimely();
    return all;
}

}  // namespace shoji::incident
