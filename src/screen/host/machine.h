// What this machine offers for keeping sessions apart, found out once at start, and what it lacks.
#pragma once

#include "core/base/result.h"
#include "core/base/settings.h"
#include "screen/isolation/cgroup.h"
#include "screen/isolation/firewall.h"

#include <optional>
#include <string>
#include <vector>

namespace shoji::host {

struct Machine {
    bool separate_users = false;
    std::optional<isolation::CgroupMounts> cgroups;  // none: no limits
    bool firewall = false;
    std::vector<std::string> resolvers;
    std::string time_zone;
    // Protections that sessions do without here, in words for the log.
    std::vector<std::string> missing;
};

// Puts the packet rules of `recorded` sessions in force as it goes. An error when a protection is
// missing without which no session may run: user namespaces, or
// separate users where the settings ask for them.
base::Result<Machine> examine_machine(const base::Settings& settings,
                                      const std::vector<isolation::FirewallSlot>& recorded);

// The addresses behind "nameserver" in the text of resolv.conf(5); the machine itself when there is
// none, as the resolver library has it.
std::vector<std::string> parse_resolvers(std::string_view resolv_conf);

// "Asia/Tokyo" from the path that /etc/localtime points to; "UTC" where it says nothing.
std::string time_zone_of(std::string_view local_time_target);

isolation::FirewallGround firewall_ground(const base::Settings& settings, const Machine& machine);

}  // namespace shoji::host
