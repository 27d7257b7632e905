#include "watch/response/kill_plan.h"

#include <algorithm>

namespace shoji::response {

namespace {

bool is_in_unit(const Process& process, const std::vector<std::string>& units) {
    constexpr std::string_view slice = "/system.slice/";
    if (!process.cgroup.starts_with(slice)) return false;
    std::string_view unit = process.cgroup;
    unit.remove_prefix(slice.size());
    return std::ranges::find(units, unit.substr(0, unit.find('/'))) != units.end();
}

bool is_the_sensors(const Process& process, const Protection& protection) {
    const pid_t keeper = protection.keeper;
    return keeper > 1 && protection.own != FileId{} && process.program == protection.own &&
           (process.id.number == keeper || process.parent == keeper);
}

bool is_protected(const Process& process, const Protection& protection) {
    return process.program != FileId{} &&
           std::ranges::find(protection.programs, process.program) != protection.programs.end() &&
           (process.of_root || is_in_unit(process, protection.units));
}

}  // namespace

base::Result<void> may_kill(const Process& process, const Protection& protection) {
    const pid_t number = process.id.number;
    const auto refused = [&](const char* key) {
        return base::worded(base::fail(base::ErrorKind::denied, "process {} ({}) is not killed: {}",
                                       number, process.name, key),
                            key, {{"pid", std::to_string(number)}, {"name", process.name}});
    };
    if (number <= 1) return refused("response.kill.first");
    if (process.kernel) return refused("response.kill.kernel");
    if (number == protection.self) return refused("response.kill.self");
    if (is_the_sensors(process, protection) || is_protected(process, protection)) {
        return refused("response.kill.protected");
    }
    return {};
}

void Tree::note_reapers(std::span<const Process> listing) {
    const auto is_member = [&](pid_t number) {
        return std::ranges::any_of(members_,
                                   [&](const auto& one) { return one.first.number == number; });
    };
    for (const auto& process : listing) {
        const auto known = members_.find(process.id);
        if (known == members_.end() || process.id == root_) continue;
        if (known->second.parent == process.parent) continue;
        known->second.parent = process.parent;
        if (!is_member(process.parent)) reapers_.insert(process.parent);
    }
}

Tree::Kin Tree::kin(const Process& process, const std::map<pid_t, ProcessId>& present) const {
    if (process.id == root_) return Kin::member;
    if (const auto parent = present.find(process.parent); parent != present.end()) {
        if (members_.contains(parent->second)) return Kin::member;
        if (spared_.contains(parent->second)) return Kin::spared;
    }
    if (sessions_.contains(process.session)) return Kin::member;
    const bool orphan = process.id.start >= began_ && reapers_.contains(process.parent);
    const bool alike = groups_.contains(process.group) || programs_.contains(process.program);
    return orphan && alike ? Kin::member : Kin::none;
}

void Tree::remember(const Process& process) {
    members_.emplace(process.id, process);
    if (process.session == process.id.number) sessions_.insert(process.session);
    // The root's group may be that of whoever started it; those that its tree made are its own.
    if (process.id == root_ && process.group != process.id.number) foreign_group_ = process.group;
    if (process.group != foreign_group_) groups_.insert(process.group);
    if (process.program != FileId{}) programs_.insert(process.program);
}

std::vector<Process> Tree::grow(std::span<const Process> listing) {
    note_reapers(listing);
    std::map<pid_t, ProcessId> present;
    for (const auto& process : listing) present[process.id.number] = process.id;
    std::vector<Process> found;
    // A child may stand before its parent: once more until nobody is added.
    for (bool grown = true; grown;) {
        grown = false;
        for (const auto& process : listing) {
            if (members_.contains(process.id) || spared_.contains(process.id)) continue;
            const Kin which = kin(process, present);
            if (which == Kin::none) continue;
            grown = true;
            if (which == Kin::spared || !may_kill(process, protection_)) {
                spared_.emplace(process.id, process);
                continue;
            }
            remember(process);
            found.push_back(process);
        }
    }
    return found;
}

}  // namespace shoji::response
