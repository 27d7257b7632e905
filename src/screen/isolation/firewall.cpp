#include "screen/isolation/firewall.h"

#include "screen/isolation/spawn.h"

#include <algorithm>
#include <iterator>

namespace shoji::isolation {
namespace {

constexpr const char* nft = "/usr/sbin/nft";

// Loopback, private, shared, link-local, benchmarking, documentation, multicast and reserved space:
// IANA's registries of special-purpose addresses (RFC 6890).
constexpr const char* private_4 =
    "0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, "
    "192.0.0.0/24, 192.0.2.0/24, 192.88.99.0/24, 192.168.0.0/16, 198.18.0.0/15, 198.51.100.0/24, "
    "203.0.113.0/24, 224.0.0.0/3";
// Mapped and translated IPv4 addresses too, which could stand for any of those above.
constexpr const char* private_6 =
    "::/96, ::ffff:0:0/96, 64:ff9b::/96, 64:ff9b:1::/48, 100::/64, 2001::/23, 2001:db8::/32, "
    "2002::/16, fc00::/7, fe80::/10, ff00::/8";
// Where clouds answer with a machine's own secrets: not even for internal destinations.
constexpr const char* metadata_4 = "169.254.169.254, 169.254.170.2, 100.100.100.200";
constexpr const char* metadata_6 = "fd00:ec2::254";

std::string table_of(const FirewallGround& ground) {
    return "inet shoji_" + ground.instance;
}
std::string chain_of(const FirewallSlot& slot) {
    return fmt::format("slot_{}", slot.slot);
}

bool is_version_6(const std::string& address) {
    return address.find(':') != std::string::npos;
}

std::string joined(const std::vector<std::string>& values, bool version_6) {
    std::string text;
    for (const auto& value : values) {
        if (is_version_6(value) != version_6) continue;
        text += (text.empty() ? "" : ", ") + value;
    }
    return text;
}

std::string joined(const std::vector<std::uint16_t>& ports) {
    return fmt::format("{}", fmt::join(ports, ", "));
}

std::string address_set(std::string_view name, const char* type, const std::string& elements) {
    const std::string filled =
        elements.empty() ? "" : fmt::format(" elements = {{ {} }};", elements);
    return fmt::format("  set {} {{ type {}; flags interval; auto-merge;{} }}\n", name, type,
                       filled);
}

std::string sets(const FirewallGround& ground) {
    return address_set("terminal_4", "ipv4_addr", joined(ground.terminal_networks, false)) +
           address_set("terminal_6", "ipv6_addr", joined(ground.terminal_networks, true)) +
           address_set("resolver_4", "ipv4_addr", joined(ground.resolvers, false)) +
           address_set("resolver_6", "ipv6_addr", joined(ground.resolvers, true)) +
           address_set("metadata_4", "ipv4_addr", metadata_4) +
           address_set("metadata_6", "ipv6_addr", metadata_6) +
           address_set("private_4", "ipv4_addr", private_4) +
           address_set("private_6", "ipv6_addr", private_6);
}

std::vector<std::string> chain_rules(const FirewallSlot& slot) {
    std::vector<std::string> rules{
        "ip daddr @terminal_4 counter drop",
        "ip6 daddr @terminal_6 counter drop",
        "ip daddr @resolver_4 meta l4proto { tcp, udp } th dport 53 counter accept",
        "ip6 daddr @resolver_6 meta l4proto { tcp, udp } th dport 53 counter accept",
        "ip daddr @metadata_4 counter drop",
        "ip6 daddr @metadata_6 counter drop",
    };
    if (!slot.internal_ports.empty()) {
        const std::string ports = joined(slot.internal_ports);
        rules.push_back(
            fmt::format("ip daddr @private_4 tcp dport {{ {} }} counter accept", ports));
        rules.push_back(
            fmt::format("ip6 daddr @private_6 tcp dport {{ {} }} counter accept", ports));
    }
    rules.emplace_back("ip daddr @private_4 counter drop");
    rules.emplace_back("ip6 daddr @private_6 counter drop");
    if (!slot.ports.empty()) {
        rules.push_back(fmt::format("tcp dport {{ {} }} counter accept", joined(slot.ports)));
    }
    rules.emplace_back("counter drop");
    return rules;
}

std::string user_elements(const FirewallSlot& slot, bool with_verdict) {
    std::string text = std::to_string(slot.egress_user);
    if (with_verdict) text += " : goto " + chain_of(slot);
    for (const uid_t user : slot.silent_users) {
        text += fmt::format(", {}{}", user, with_verdict ? " : goto silent" : "");
    }
    return text;
}

}  // namespace

std::string table_rules(const FirewallGround& ground, const std::vector<FirewallSlot>& slots) {
    const std::string table = table_of(ground);
    // Adding before deleting makes the deletion hold whether the table was there or not.
    std::string text = fmt::format("table {0} {{}}\ndelete table {0}\ntable {0} {{\n", table);
    text += sets(ground);
    text += "  map users { type uid : verdict; }\n";
    text += "  chain silent { counter drop; }\n";
    text +=
        "  chain output {\n    type filter hook output priority filter; policy accept;\n"
        "    meta skuid vmap @users\n  }\n}\n";
    for (const auto& slot : slots) text += add_slot_rules(ground, slot);
    return text;
}

std::string add_slot_rules(const FirewallGround& ground, const FirewallSlot& slot) {
    const std::string table = table_of(ground);
    const std::string chain = chain_of(slot);
    std::string text = fmt::format("add chain {0} {1}\nflush chain {0} {1}\n", table, chain);
    for (const auto& rule : chain_rules(slot)) {
        text += fmt::format("add rule {} {} {}\n", table, chain, rule);
    }
    return text + fmt::format("add element {} users {{ {} }}\n", table, user_elements(slot, true));
}

std::string remove_slot_rules(const FirewallGround& ground, const FirewallSlot& slot) {
    const std::string table = table_of(ground);
    return fmt::format(
        "delete element {0} users {{ {1} }}\nflush chain {0} {2}\n"
        "delete chain {0} {2}\n",
        table, user_elements(slot, false), chain_of(slot));
}

std::string remove_table_rules(const FirewallGround& ground) {
    return fmt::format("table {0} {{}}\ndelete table {0}\n", table_of(ground));
}

base::Result<void> apply_rules(std::string_view rules) {
    if (auto done = run_with_input({nft, "-f", "-"}, rules); !done) {
        return base::Failure(std::move(done.error()).context("setting packet rules"));
    }
    return {};
}

}  // namespace shoji::isolation
