#include "watch/detect/incident/incident.h"

#include "watch/detect/incident/names.h"

#include <algorithm>
#include <cmath>

namespace shoji::incident {
namespace {

bool is_same(const Alert& one, const Alert& other) {
    return one.detector == other.detector && one.rule == other.rule && one.host == other.host &&
           one.user == other.user && one.process == other.process;
}

std::size_t weight_of(const TreeNode& node) {
    return sizeof node + node.host.size() + node.image.size() + node.command.size() +
           node.user.size();
}

}  // namespace

double Incident::risk(event::Time now, const Settings& settings) const {
    double sum = 0;
    for (const auto& rule : rules) {
        const double weight = settings.weights.at(static_cast<std::size_t>(rule.level));
        const double repeat =
            1 +
            std::min(0.5,
                     std::log10(static_cast<double>(std::max<std::uint64_t>(1, rule.count))) / 4);
        const double spread =
            2 - std::exp2(1 - static_cast<double>(std::clamp<std::uint64_t>(rule.spread, 1, 64)));
        const auto age = static_cast<double>(std::max<event::Time>(0, now - rule.last));
        sum += weight * repeat * spread * std::exp2(-age / static_cast<double>(settings.half_life));
    }
    return sum;
}

bool Incident::is_weighty() const {
    return std::ranges::any_of(rules,
                               [](const RuleRisk& rule) { return rule.level >= Level::medium; });
}

std::vector<std::string> Incident::techniques() const {
    std::vector<std::string> all;
    for (const auto& finding : findings) {
        all.insert(all.end(), finding.alert.techniques.begin(), finding.alert.techniques.end());
    }
    std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

std::vector<std::string> Incident::host_names() const {
    std::vector<std::string> names;
    for (const auto& host : hosts) {
        auto name = host.substr(0, host.find('|'));
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    }
    return names;
}

RuleRisk* Incident::rule_of(const Alert& alert) {
    const auto found = std::ranges::find_if(rules, [&](const RuleRisk& rule) {
        return rule.detector == alert.detector && rule.rule == alert.rule;
    });
    if (found != rules.end()) return &*found;
    if (rules.size() >= most_rules) {
        ++beyond.rules;
        return nullptr;
    }
    bytes_ += sizeof(RuleRisk) + alert.rule.size();
    return &rules.emplace_back(RuleRisk{alert.detector, alert.rule, alert.level, 0, 0, 0});
}

bool Incident::add(const Alert& alert, event::Time now) {
    ++alerts;
    first = first == 0 ? now : std::min(first, now);
    last = std::max(last, now);
    if (!alert.file.empty()) add_tally(files, alert.file, 1, beyond.files);
    if (!alert.peer.empty()) add_tally(peers, alert.peer, 1, beyond.peers);
    const auto same = std::ranges::find_if(
        findings, [&](const Finding& finding) { return is_same(finding.alert, alert); });
    const bool is_new = same == findings.end();
    if (auto* rule = rule_of(alert)) {
        rule->level = std::max(rule->level, alert.level);
        ++rule->count;
        rule->spread += is_new ? 1 : 0;
        rule->last = std::max(rule->last, now);
    }
    if (!is_new) {
        ++same->count;
        same->last = std::max(same->last, now);
        if (alert.level < same->alert.level) return false;
        bytes_ -= same->alert.weight();
        Alert newer = alert;
        newer.time = same->alert.time;
        newer.evidence = same->alert.evidence;
        newer.linked.clear();
        same->alert = std::move(newer);
        bytes_ += same->alert.weight();
        return false;
    }
    if (findings.size() >= most_findings) {
        ++beyond.findings;
        return true;
    }
    auto& finding = findings.emplace_back(Finding{alert, now, 1});
    finding.alert.time = now;
    finding.alert.linked.clear();
    bytes_ += finding.alert.weight() + sizeof(Finding);
    return true;
}

bool Incident::add_host(const std::string& host) {
    if (std::ranges::find(hosts, host) != hosts.end()) return true;
    if (hosts.size() >= most_hosts) {
        ++beyond.hosts;
        return false;
    }
    hosts.push_back(host);
    bytes_ += sizeof host + host.size();
    return true;
}

void Incident::add_user(const std::string& user) {
    if (std::ranges::find(users, user) != users.end()) return;
    if (users.size() >= most_users) {
        ++beyond.users;
        return;
    }
    users.push_back(user);
    bytes_ += sizeof user + user.size();
}

void Incident::add_tally(std::vector<Tally>& list, const std::string& name, std::uint64_t count,
                         std::uint64_t& lost) {
    const auto found = std::ranges::find(list, name, &Tally::name);
    if (found != list.end()) {
        found->count += count;
    } else if (list.size() >= most_names) {
        ++lost;
    } else {
        list.push_back({name, count});
        bytes_ += sizeof(Tally) + name.size();
    }
}

std::uint32_t Incident::add_process(TreeNode node) {
    for (std::size_t i = 0; i < processes.size(); ++i) {
        auto& known = processes[i];
        if (known.host != node.host || known.id != node.id || known.image != node.image ||
            known.started != node.started) {
            continue;
        }
        known.alerts += node.alerts;
        if (known.parent == TreeNode::no_parent && node.parent != i) known.parent = node.parent;
        return static_cast<std::uint32_t>(i);
    }
    if (processes.size() >= most_processes) {
        ++beyond.processes;
        return TreeNode::no_parent;
    }
    bytes_ += weight_of(node);
    processes.push_back(std::move(node));
    return static_cast<std::uint32_t>(processes.size() - 1);
}

void Incident::take(const Incident& other) {
    alerts += other.alerts;
    first = std::min(first, other.first);
    last = std::max(last, other.last);
    highest_risk = std::max(highest_risk, other.highest_risk);
    if (other.state == State::open) {
        opened = state == State::open ? std::min(opened, other.opened) : other.opened;
        cause = state == State::open ? cause : other.cause;
        state = State::open;
    }
    for (const auto& host : other.hosts) add_host(host);
    for (const auto& user : other.users) add_user(user);
    for (const auto& finding : other.findings) {
        // Findings tell hosts apart, so that none stands in both.
        if (findings.size() < most_findings) {
            findings.push_back(finding);
        } else {
            ++beyond.findings;
        }
    }
    std::ranges::stable_sort(findings, {}, [](const Finding& one) { return one.alert.time; });
    for (const auto& theirs : other.rules) {
        Alert alert;
        alert.detector = theirs.detector;
        alert.rule = theirs.rule;
        alert.level = theirs.level;
        if (auto* rule = rule_of(alert)) {
            rule->level = std::max(rule->level, theirs.level);
            rule->count += theirs.count;
            rule->spread += theirs.spread;
            rule->last = std::max(rule->last, theirs.last);
        }
    }
    const auto offset = processes.size();
    for (auto node : other.processes) {
        if (node.parent != TreeNode::no_parent) {
            node.parent += static_cast<std::uint32_t>(offset);
        }
        if (processes.size() < most_processes) {
            processes.push_back(std::move(node));
        } else {
            ++beyond.processes;
        }
    }
    for (auto& node : processes) {
        if (node.parent >= processes.size()) node.parent = TreeNode::no_parent;
    }
    for (const auto& one : other.files) add_tally(files, one.name, one.count, beyond.files);
    for (const auto& one : other.peers) add_tally(peers, one.name, one.count, beyond.peers);
    if (other.state == State::open) joined.push_back(other.id);
    joined.insert(joined.end(), other.joined.begin(), other.joined.end());
    if (joined.size() > most_joined) joined.resize(most_joined);
    beyond.findings += other.beyond.findings;
    beyond.hosts += other.beyond.hosts;
    beyond.users += other.beyond.users;
    beyond.processes += other.beyond.processes;
    beyond.files += other.beyond.files;
    beyond.peers += other.beyond.peers;
    beyond.rules += other.beyond.rules;
    weigh();
}

void Incident::weigh() {
    bytes_ = sizeof(Incident);
    for (const auto& one : hosts) bytes_ += sizeof one + one.size();
    for (const auto& one : users) bytes_ += sizeof one + one.size();
    for (const auto& one : findings) bytes_ += sizeof one + one.alert.weight();
    for (const auto& one : rules) bytes_ += sizeof one + one.rule.size();
    for (const auto& one : processes) bytes_ += weight_of(one);
    for (const auto& one : files) bytes_ += sizeof one + one.name.size();
    for (const auto& one : peers) bytes_ += sizeof one + one.name.size();
}

bool Incident::sound() const {
    const bool parents = std::ranges::all_of(processes, [&](const TreeNode& node) {
        return node.parent == TreeNode::no_parent || node.parent < processes.size();
    });
    return parents && id != 0 && state <= State::over && cause <= Cause::critical && first >= 0 &&
           last >= first && opened >= 0;
}

}  // namespace shoji::incident
