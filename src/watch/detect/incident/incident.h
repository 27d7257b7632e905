// What belongs together: the alerts of hosts that are tied to each other, folded, with processes,
// files, peers and the risk that they add up to. Until its risk reaches the threshold it is only
// gathered; then it is an incident that a person reads.
#pragma once

#include "watch/detect/incident/alert.h"
#include "watch/detect/incident/settings.h"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::incident {

// The same thing, once or a hundred times: one detector's rule for one host, user and program.
struct Finding {
    Alert alert;  // the gravest, of those the last; its time and evidence are the first one's
    event::Time last = 0;
    std::uint64_t count = 1;

    template <class Archive>
    void transfer(Archive& archive) {
        archive(alert, last, count);
    }
};

// What a rule adds to the risk.
struct RuleRisk {
    Detector detector = Detector::sigma;
    std::string rule;
    Level level = Level::informational;  // the highest
    std::uint64_t count = 0;             // alerts
    std::uint64_t spread = 0;            // findings
    event::Time last = 0;

    [[nodiscard]] bool sound() const {
        return static_cast<std::size_t>(level) < levels &&
               static_cast<std::size_t>(detector) < detectors;
    }
    template <class Archive>
    void transfer(Archive& archive) {
        archive(detector, rule, level, count, spread, last);
    }
};

// A process in an incident's tree.
struct TreeNode {
    std::uint32_t parent = no_parent;  // index of those of the incident, before this one or after
    std::string host;
    std::uint64_t id = 0;
    std::string image;
    std::string command;
    std::string user;
    event::Time started = 0;  // 0: not seen
    std::uint32_t alerts = 0;

    static constexpr std::uint32_t no_parent = 0xffffffff;

    template <class Archive>
    void transfer(Archive& archive) {
        archive(parent, host, id, image, command, user, started, alerts);
    }
};

struct Tally {
    std::string name;
    std::uint64_t count = 0;

    template <class Archive>
    void transfer(Archive& archive) {
        archive(name, count);
    }
};

enum class State : std::uint8_t {
    gathering,  // below the threshold
    open,
    over,  // nothing came for a while, or a person closed it
};
enum class Cause : std::uint8_t { none, risk, critical };

// What an incident could not hold.
struct Beyond {
    std::uint64_t findings = 0;
    std::uint64_t hosts = 0;
    std::uint64_t users = 0;
    std::uint64_t processes = 0;
    std::uint64_t files = 0;
    std::uint64_t peers = 0;
    std::uint64_t rules = 0;

    template <class Archive>
    void transfer(Archive& archive) {
        archive(findings, hosts, users, processes, files, peers, rules);
    }
};

struct Incident {
    static constexpr std::size_t most_findings = 128;
    static constexpr std::size_t most_hosts = 64;
    static constexpr std::size_t most_users = 64;
    static constexpr std::size_t most_processes = 128;
    static constexpr std::size_t most_names = 64;  // files, and peers
    static constexpr std::size_t most_rules = 128;
    static constexpr std::size_t most_joined = 32;

    std::uint64_t id = 0;
    State state = State::gathering;
    Cause cause = Cause::none;
    event::Time first = 0;
    event::Time last = 0;
    event::Time opened = 0;
    std::uint64_t alerts = 0;        // all, also those folded
    std::uint64_t highest_risk = 0;  // rounded down

    std::vector<std::string> hosts;  // subjects: host_key(), with "|user" on a shared host
    std::vector<std::string> users;  // user_key()s
    std::vector<Finding> findings;   // in the order in which they began
    std::vector<RuleRisk> rules;
    std::vector<TreeNode> processes;
    std::vector<Tally> files;
    std::vector<Tally> peers;
    std::vector<std::uint64_t> joined;  // numbers of incidents that became part of this one
    Beyond beyond;

    // Σ over rules: weight(level) · repeat(count) · spread(findings) · 2^(-(now - last) /
    // half-life) repeat(n) = 1 + min(0.5, log10(n) / 4): a hundred times is half as much again, and
    // no more. spread(k) = 2 - 2^(1-k): on any number of hosts, less than twice.
    [[nodiscard]] double risk(event::Time now, const Settings& settings) const;
    // A finding of medium level or above.
    [[nodiscard]] bool is_weighty() const;
    [[nodiscard]] std::vector<std::string> techniques() const;
    // Host names without the users of shared hosts.
    [[nodiscard]] std::vector<std::string> host_names() const;

    // Folds the alert in. True: as a new finding, or one beyond the limit.
    bool add(const Alert& alert, event::Time now);
    bool add_host(const std::string& host);
    void add_user(const std::string& user);
    void add_tally(std::vector<Tally>& list, const std::string& name, std::uint64_t count,
                   std::uint64_t& lost);
    // The node's index; no_parent when the tree is full.
    std::uint32_t add_process(TreeNode node);
    // Takes in all of another.
    void take(const Incident& other);

    // Bytes that it holds, about.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] bool sound() const;

    template <class Archive>
    void transfer(Archive& archive) {
        archive(id, state, cause, first, last, opened, alerts, highest_risk, beyond);
        archive.list(hosts, most_hosts);
        archive.list(users, most_users);
        archive.list(findings, most_findings);
        archive.list(rules, most_rules);
        archive.list(processes, most_processes);
        archive.list(files, most_names);
        archive.list(peers, most_names);
        archive.list(joined, most_joined);
        if constexpr (Archive::loading) weigh();
    }

  private:
    RuleRisk* rule_of(const Alert& alert);
    void weigh();

    std::size_t bytes_ = sizeof(Incident);
};

}  // namespace shoji::incident
