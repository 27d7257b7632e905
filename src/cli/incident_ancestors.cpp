#include "cli/incident_ancestors.h"

#include "cli/event_lines.h"
#include "cli/stored_events.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <vector>

namespace shoji::cli {
namespace {

using incident::Incident;
using incident::TreeNode;

constexpr std::size_t most_ancestors = 16;
// Who started what an incident began with may have begun long before; so far is looked back.
constexpr event::Time before = 86'400LL * 1'000'000'000;
constexpr event::Time clocks_differ = 2'000'000'000;

struct Started {
    TreeNode node;
    std::string parent;  // its guid
    std::uint64_t parent_id = 0;
    std::string parent_image;
    std::string parent_command;
};

std::uint64_t number_in(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

class Processes {
  public:
    Processes(std::string host, std::size_t most) : host_(std::move(host)), most_(most) {}

    // False: it is one more than are remembered.
    bool take(const event::Event& event, const std::string& category) {
        const auto guid = field_of(event, "ProcessGuid");
        if ((category != "process_creation" && category != "process_running") || guid.empty()) {
            return true;
        }
        if (count_ == most_) {
            cut_ = true;
            return false;
        }
        ++count_;
        const auto text = [&](std::string_view name) { return std::string(field_of(event, name)); };
        Started started;
        started.node = {TreeNode::no_parent,
                        host_,
                        number_in(field_of(event, "ProcessId")),
                        text("Image"),
                        text("CommandLine"),
                        text("User"),
                        event.time,
                        0};
        started.parent = text("ParentProcessGuid");
        started.parent_id = number_in(field_of(event, "ParentProcessId"));
        started.parent_image = text("ParentImage");
        started.parent_command = text("ParentCommandLine");
        // Each program that a process becomes is an event: the last is what it is.
        by_guid_[std::string(guid)].push_back(std::move(started));
        return true;
    }

    [[nodiscard]] bool cut() const { return cut_; }

    // What the process with that number was at that time; null: not known.
    [[nodiscard]] const Started* find(std::uint64_t id, event::Time time) const {
        const Started* found = nullptr;
        for (const auto& [guid, programs] : by_guid_) {
            for (const auto& one : programs) {
                if (one.node.id != id || one.node.started > time + clocks_differ) continue;
                if (found == nullptr || one.node.started >= found->node.started) found = &one;
            }
        }
        return found;
    }
    // What the process was when it started `child`.
    [[nodiscard]] const Started* parent_of(const Started& child) const {
        const auto found = by_guid_.find(child.parent);
        if (found == by_guid_.end()) return nullptr;
        const Started* parent = nullptr;
        for (const auto& one : found->second) {
            if (one.node.started <= child.node.started) parent = &one;
        }
        return parent;
    }

  private:
    std::string host_;
    std::map<std::string, std::vector<Started>, std::less<>> by_guid_;
    std::size_t most_;
    std::size_t count_ = 0;
    bool cut_ = false;
};

// From the eldest that is known down to the process, whose node is in the tree already.
void hang_up(Incident& incident, std::size_t index, const Started& process,
             const Processes& processes) {
    std::vector<const Started*> chain{&process};
    while (chain.size() < most_ancestors) {
        const auto* parent = processes.parent_of(*chain.back());
        if (parent == nullptr || std::ranges::find(chain, parent) != chain.end()) break;
        chain.push_back(parent);
    }
    auto above = TreeNode::no_parent;
    const auto& eldest = *chain.back();
    if (chain.size() < most_ancestors && !eldest.parent_image.empty()) {
        TreeNode node;
        node.host = eldest.node.host;
        node.id = eldest.parent_id;
        node.image = eldest.parent_image;
        node.command = eldest.parent_command;
        above = incident.add_process(std::move(node));
    }
    for (auto at = chain.rbegin(); at + 1 != chain.rend(); ++at) {
        auto node = (*at)->node;
        node.parent = above;
        above = incident.add_process(std::move(node));
    }
    auto& node = incident.processes[index];
    node.command = process.node.command;
    node.started = process.node.started;
    if (node.user.empty()) node.user = process.node.user;
    if (above != index) node.parent = above;
}

// When the alert was told that names the process.
event::Time told_of(const Incident& incident, const TreeNode& node) {
    event::Time last = incident.first;
    for (const auto& finding : incident.findings) {
        if (finding.alert.process_id == node.id) last = std::max(last, finding.alert.time);
    }
    return last;
}

}  // namespace

base::Result<Ancestry> add_ancestors(const base::Settings& settings, Incident& incident,
                                     std::size_t most_starts) {
    Ancestry ancestry;
    for (const auto& host : incident.host_names()) {
        const auto is_bare = [&](const TreeNode& node) {
            return node.host == host && node.id != 0 && node.alerts > 0 &&
                   node.parent == TreeNode::no_parent;
        };
        if (std::ranges::none_of(incident.processes, is_bare)) continue;
        Processes processes(host, most_starts);
        const SensorNames names;
        const auto read =
            read_stored_events(settings, {host, incident.first - before}, names.names(),
                               [&](const event::Event& event) {
                                   return processes.take(event, names.category_of(event));
                               });
        if (!read && read.error().kind == base::ErrorKind::not_found) continue;
        if (!read) return base::Failure(read.error());
        ancestry.unreadable += *read;
        if (processes.cut()) ancestry.cut_hosts.push_back(host);
        // What is added has no alerts and is not looked at.
        for (std::size_t i = 0, size = incident.processes.size(); i < size; ++i) {
            const auto node = incident.processes[i];
            if (!is_bare(node)) continue;
            const auto* process = processes.find(node.id, told_of(incident, node));
            if (process != nullptr) hang_up(incident, i, *process, processes);
        }
    }
    return ancestry;
}

}  // namespace shoji::cli
