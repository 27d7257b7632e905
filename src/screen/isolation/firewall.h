// The packet rules of an installation: what the egress of each session may send, and that the other
// users of a session send nothing. Told apart by user id (nft(8), meta skuid), so they need
// separate users and root. One table of nftables, "inet shoji_<instance>", holds them all.
//
// The functions named *_rules are pure: they return nft's own language; apply_rules() hands it to
// nft, which takes all of it or nothing.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace shoji::isolation {

// What holds for every session of the installation.
struct FirewallGround {
    std::string instance;                        // 8 hexadecimal digits
    std::vector<std::string> terminal_networks;  // CIDR: never reached, whatever else is allowed
    std::vector<std::string> resolvers;          // IP addresses: DNS goes there and nowhere else
};

// One session.
struct FirewallSlot {
    std::uint32_t slot = 0;
    uid_t egress_user = 0;
    std::vector<uid_t> silent_users;            // whatever they send is dropped
    std::vector<std::uint16_t> ports;           // TCP, to public addresses
    std::vector<std::uint16_t> internal_ports;  // TCP, to private, loopback and link-local ones too
};

// Makes the table anew with exactly these sessions in it.
std::string table_rules(const FirewallGround& ground, const std::vector<FirewallSlot>& slots);
std::string add_slot_rules(const FirewallGround& ground, const FirewallSlot& slot);
std::string remove_slot_rules(const FirewallGround& ground, const FirewallSlot& slot);
std::string remove_table_rules(const FirewallGround& ground);

base::Result<void> apply_rules(std::string_view rules);

}  // namespace shoji::isolation
