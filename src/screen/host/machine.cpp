#include "screen/host/machine.h"

#include "core/confinement/landlock.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <arpa/inet.h>
#include <fmt/ranges.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::host {
namespace {

constexpr std::string_view zone_folder = "/zoneinfo/";

std::string read_text(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool is_address(const std::string& text) {
    in6_addr address{};
    return inet_pton(AF_INET, text.c_str(), &address) == 1 ||
           inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

// Tried in a child, since it cannot be undone.
bool user_namespaces_work() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(::unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) == 0 ? 0 : 1);
    int status = -1;
    ::waitpid(child, &status, 0);
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void examine_as_root(const base::Settings& settings,
                     const std::vector<isolation::FirewallSlot>& recorded, Machine& machine) {
    if (auto mounts = isolation::find_cgroup_mounts(); mounts) {
        for (const auto& name : mounts->missing()) {
            machine.missing.push_back("control groups: no limit of " + name);
        }
        machine.cgroups = std::move(*mounts);
    } else {
        machine.missing.push_back("control groups: no limits (" + mounts.error().message + ")");
    }
    const auto ground = firewall_ground(settings, machine);
    if (auto set = isolation::apply_rules(isolation::table_rules(ground, recorded)); set) {
        machine.firewall = true;
    } else {
        machine.missing.push_back("packet rules (" + set.error().message + ")");
    }
}

}  // namespace

base::Result<Machine> examine_machine(const base::Settings& settings,
                                      const std::vector<isolation::FirewallSlot>& recorded) {
    const bool root = ::geteuid() == 0;
    if (settings.separate_users != root) {
        return base::fail(base::ErrorKind::invalid, "{}",
                          root ? "shoji.toml says separate_users = false, which is for an ordinary "
                                 "user: start the host as one, or set it to true"
                               : "shoji.toml says separate_users = true, which needs root: start "
                                 "the host as root, or set it to false");
    }
    if (!user_namespaces_work()) {
        return base::fail(base::ErrorKind::unavailable,
                          "this machine gives no user namespaces, without which no session may "
                          "run: look at the settings user.max_user_namespaces and "
                          "kernel.unprivileged_userns_clone (sysctl)");
    }
    Machine machine;
    machine.separate_users = settings.separate_users;
    machine.resolvers = settings.resolvers.empty() ? parse_resolvers(read_text("/etc/resolv.conf"))
                                                   : settings.resolvers;
    std::error_code error;
    machine.time_zone =
        time_zone_of(std::filesystem::read_symlink("/etc/localtime", error).native());
    if (root) {
        examine_as_root(settings, recorded, machine);
    } else {
        machine.missing = {"separate users: sessions run as this user",
                           "control groups: no limits of memory, processes and CPU",
                           "packet rules: the egress alone decides what is reached"};
    }
    std::ranges::copy(confinement::missing_in_landlock(confinement::landlock_abi()),
                      std::back_inserter(machine.missing));
    return machine;
}

std::vector<std::string> parse_resolvers(std::string_view resolv_conf) {
    std::vector<std::string> resolvers;
    std::istringstream lines{std::string(resolv_conf)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string keyword;
        std::string address;
        words >> keyword >> address;
        // A scope ("fe80::1%eth0") has no place in packet rules.
        address.resize(std::min(address.find('%'), address.size()));
        if (keyword == "nameserver" && is_address(address)) resolvers.push_back(address);
    }
    if (resolvers.empty()) resolvers.emplace_back("127.0.0.1");
    return resolvers;
}

std::string time_zone_of(std::string_view local_time_target) {
    const auto found = local_time_target.find(zone_folder);
    if (found == std::string_view::npos) return "UTC";
    const std::string_view name = local_time_target.substr(found + zone_folder.size());
    const auto in_a_name = [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '/' || c == '_' || c == '-' || c == '+';
    };
    return name.empty() || !std::ranges::all_of(name, in_a_name) ? "UTC" : std::string(name);
}

isolation::FirewallGround firewall_ground(const base::Settings& settings, const Machine& machine) {
    return {settings.instance, settings.terminal_networks, machine.resolvers};
}

}  // namespace shoji::host
