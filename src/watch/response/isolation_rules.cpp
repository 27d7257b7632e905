#include "watch/response/isolation_rules.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace shoji::response {
namespace {

void clear_behind(Network& network) {
    for (std::size_t i = 0; i < network.bytes.size(); ++i) {
        const std::size_t first = i * 8;
        if (first >= network.prefix) {
            network.bytes[i] = 0;
        } else if (first + 8 > network.prefix) {
            network.bytes[i] &= static_cast<std::uint8_t>(0xff00U >> (network.prefix - first));
        }
    }
}

std::string joined(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string set(std::string_view name, std::string_view type,
                const std::vector<std::string>& elements) {
    const bool intervals = type.find('.') == std::string_view::npos;
    return fmt::format("  set {} {{ type {};{}{} }}\n", name, type,
                       intervals ? " flags interval; auto-merge;" : "",
                       elements.empty() ? "" : " elements = { " + joined(elements) + " };");
}

std::string sets(const IsolationPolicy& policy) {
    std::string text;
    for (const bool six : {false, true}) {
        const std::string kind = six ? "_6" : "_4";
        const std::string type = six ? "ipv6_addr" : "ipv4_addr";
        std::vector<std::string> collectors;
        for (const auto& one : policy.collectors) {
            if (one.address.version_6 != six) continue;
            collectors.push_back(fmt::format("{} . {}", to_text(one.address), one.port));
        }
        const auto of = [&](const std::vector<Network>& networks) {
            std::vector<std::string> words;
            for (const auto& one : networks) {
                if (one.version_6 == six) words.push_back(to_text(one));
            }
            return words;
        };
        text += set("collector" + kind, type + " . inet_service", collectors);
        text += set("listed" + kind, type, of(policy.listed));
        text += set("resolver" + kind, type, of(policy.resolvers));
    }
    return text;
}

constexpr std::string_view outgoing_rules =
    "    ip daddr . tcp dport @collector_4 accept\n"
    "    ip6 daddr . tcp dport @collector_6 accept\n"
    "    ip daddr @listed_4 accept\n"
    "    ip6 daddr @listed_6 accept\n"
    "    ip daddr @resolver_4 meta l4proto { tcp, udp } th dport 53 accept\n"
    "    ip6 daddr @resolver_6 meta l4proto { tcp, udp } th dport 53 accept\n"
    // To the link alone: to one address it would be a way out to anybody.
    "    ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept\n"
    "    ip6 daddr ff02::1:2 udp sport 546 udp dport 547 accept\n"
    "    ip6 hoplimit 255 icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert "
    "} accept\n"
    "    counter drop\n";

constexpr std::string_view incoming_rules =
    "    ip saddr @listed_4 accept\n"
    "    ip6 saddr @listed_6 accept\n"
    "    tcp flags & (syn | ack) == syn counter drop\n"
    "    ip saddr . tcp sport @collector_4 accept\n"
    "    ip6 saddr . tcp sport @collector_6 accept\n"
    "    ip saddr @resolver_4 meta l4proto { tcp, udp } th sport 53 accept\n"
    "    ip6 saddr @resolver_6 meta l4proto { tcp, udp } th sport 53 accept\n"
    "    meta protocol ip udp sport 67 udp dport 68 accept\n"
    "    meta protocol ip6 udp sport 547 udp dport 546 accept\n"
    "    ip6 hoplimit 255 icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert "
    "} accept\n"
    "    counter drop\n";

// Address resolution and 802.1X are no IP.
constexpr std::string_view frames = "    meta protocol { arp, 0x888e } accept\n";

std::string chain(std::string_view name, std::string_view hook, std::string_view rules) {
    return fmt::format("  chain {} {{\n    type filter hook {} priority {}; policy drop;\n{}  }}\n",
                       name, hook, rules_priority, rules);
}

}  // namespace

base::Result<Network> parse_network(std::string_view text) {
    const auto wrong = [&] {
        return base::worded(
            base::fail(base::ErrorKind::invalid, "'{}' is no address and no network", text),
            "response.bad_address", {{"address", std::string(text)}});
    };
    const auto slash = text.find('/');
    const std::string address(text.substr(0, slash));
    Network network;
    network.version_6 = address.find(':') != std::string::npos;
    if (::inet_pton(network.version_6 ? AF_INET6 : AF_INET, address.c_str(),
                    network.bytes.data()) != 1) {
        return wrong();
    }
    const std::uint8_t most = network.version_6 ? 128 : 32;
    network.prefix = most;
    if (slash != std::string_view::npos) {
        const auto bits = text.substr(slash + 1);
        const auto [end, problem] =
            std::from_chars(bits.data(), bits.data() + bits.size(), network.prefix);
        if (problem != std::errc{} || end != bits.data() + bits.size() || network.prefix > most)
            return wrong();
    }
    const Network given = network;
    clear_behind(network);
    if (given != network) return wrong();
    return network;
}

std::string to_text(const Network& network) {
    std::array<char, INET6_ADDRSTRLEN> address{};
    ::inet_ntop(network.version_6 ? AF_INET6 : AF_INET, network.bytes.data(), address.data(),
                address.size());
    const bool whole = network.prefix == (network.version_6 ? 128 : 32);
    return whole ? std::string(address.data())
                 : fmt::format("{}/{}", address.data(), network.prefix);
}

bool contains(const Network& network, const Network& address) {
    if (network.version_6 != address.version_6 || address.prefix < network.prefix) return false;
    Network cut = address;
    cut.prefix = network.prefix;
    clear_behind(cut);
    return cut == network;
}

bool may_stay(const IsolationPolicy& policy, const Network& address, std::uint16_t port) {
    constexpr std::uint16_t dns = 53;
    const auto in = [&](const std::vector<Network>& networks) {
        return std::ranges::any_of(networks,
                                   [&](const Network& one) { return contains(one, address); });
    };
    return in(policy.listed) || (port == dns && in(policy.resolvers)) ||
           std::ranges::any_of(policy.collectors, [&](const Collector& one) {
               return one.address == address && one.port == port;
           });
}

std::string host_rules(const IsolationPolicy& policy) {
    std::string text =
        without_table(host_table) + fmt::format("table {} {{\n", host_table) + sets(policy);
    text += chain("output", "output",
                  "    meta oiftype loopback accept\n" + std::string(outgoing_rules));
    text +=
        chain("input", "input", "    meta iiftype loopback accept\n" + std::string(incoming_rules));
    text += chain("forward", "forward", "    counter drop\n");
    return text + "}\n";
}

std::string without_table(std::string_view table) {
    // Adding before deleting makes the deletion hold whether the table was there or not.
    return fmt::format("table {0} {{}}\ndelete table {0}\n", table);
}

bool is_plain_device(std::string_view name) {
    return !name.empty() && name.size() < 16 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.' || c == '@';
    });
}

std::string device_sets(const IsolationPolicy& policy) {
    return without_table(device_table) + fmt::format("table {} {{\n", device_table) + sets(policy) +
           "}\n";
}

std::string device_chain_name(bool outgoing, std::size_t place) {
    return fmt::format("{}_{}", outgoing ? "out" : "in", place);
}

std::string device_chains(std::string_view device, std::size_t place) {
    std::string text = fmt::format("table {} {{\n", device_table);
    for (const bool out : {true, false}) {
        const auto rules = std::string(frames) + std::string(out ? outgoing_rules : incoming_rules);
        const auto name = device_chain_name(out, place);
        if (is_plain_device(device)) {
            const auto* hook = out ? "egress" : "ingress";
            text += chain(name, fmt::format("{} device \"{}\"", hook, device), rules);
        } else {
            text += fmt::format("  chain {} {{\n{}  }}\n", name, rules);
        }
    }
    return text + "}\n";
}

std::string release_rules() {
    return without_table(host_table) + without_table(device_table);
}

std::string boot_unit(std::string_view rules_file, std::string_view nft) {
    return fmt::format(
        "# Written by shoji when this host was isolated; gone when it is released.\n"
        "[Unit]\n"
        "Description=Shoji: this host is isolated\n"
        "DefaultDependencies=no\n"
        "RequiresMountsFor={0}\n"
        "Before=network-pre.target sysinit.target shutdown.target\n"
        "Wants=network-pre.target\n"
        "Conflicts=shutdown.target\n\n"
        "[Service]\n"
        "Type=oneshot\n"
        "RemainAfterExit=yes\n"
        "ExecStart={1} -f {0}\n\n"
        "[Install]\n"
        "WantedBy=sysinit.target\n",
        rules_file, nft);
}

}  // namespace shoji::response
