// What an isolated host may still say to whom, and nftables' own words for it. Pure.
//
// Left open besides what is listed: the loopback; DHCP, asked of the whole link (who renews an
// address asks its server first and, without an answer, the link); ARP, IPv6's neighbour discovery
// and 802.1X, without which an address cannot be had or reached. TCP connections are made by the
// host only. Not left open: ICMP errors, so a path with a smaller MTU than the link's is not found
// out.
#pragma once

#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::response {

// An IP address, or the network that begins with it.
struct Network {
    bool version_6 = false;
    std::array<std::uint8_t, 16> bytes{};  // the first four in version 4; no bits behind `prefix`
    std::uint8_t prefix = 0;               // bits

    bool operator==(const Network&) const = default;
};

// "10.1.2.3", "10.1.0.0/16", "fd00::1", "fd00::/8".
base::Result<Network> parse_network(std::string_view text);
std::string to_text(const Network& network);
bool contains(const Network& network, const Network& address);

// The host opens TCP connections to it.
struct Collector {
    Network address;  // of one host
    std::uint16_t port = 0;
};

struct IsolationPolicy {
    std::vector<Collector> collectors;
    std::vector<Network> listed;     // everything to and from these
    std::vector<Network> resolvers;  // DNS, port 53
};

// A socket that is connected to `address` may stay.
bool may_stay(const IsolationPolicy& policy, const Network& address, std::uint16_t port);

constexpr std::string_view host_table = "inet shoji_isolation";
constexpr std::string_view device_table = "netdev shoji_isolation";

// The host's table: all that the host itself sends, gets and forwards. Made anew
// whether it is there or not.
std::string host_rules(const IsolationPolicy& policy);

// A name that nft's language holds as it is, in quotes. The kernel forbids no more than '/', ':'
// and spaces.
bool is_plain_device(std::string_view name);

// Takes the table away, whether it is there or not.
std::string without_table(std::string_view table);

// The devices' table: frames of these, so that packet sockets and bridges are held too. It is made
// anew, with no more than its sets: device_chains() go into it.
std::string device_sets(const IsolationPolicy& policy);
// Of the device that has this place among all, in both directions. Of a name that is not plain they
// have no hook: the kernel was given that before (packet_rules.h).
std::string device_chains(std::string_view device, std::size_t place);
std::string device_chain_name(bool outgoing, std::size_t place);
constexpr int rules_priority =
    -450;  // before all that people set up, conntrack and flow tables too

// Removes both tables, whether they are there or not.
std::string release_rules();

// What systemd runs early at each boot, before any network is set up, while the host is isolated.
std::string boot_unit(std::string_view rules_file, std::string_view nft);

}  // namespace shoji::response
