// Giving rules to nftables, and ending connections that they no longer let through. For the
// caller's network namespace; each thread may be in another one.
#pragma once

#include "watch/response/isolation_rules.h"

namespace shoji::response {

// All of it or nothing.
base::Result<void> apply_packet_rules(const std::string& rules);

// What nft lists: the rules in force, without counters.
base::Result<std::string> list_packet_rules();
// The same of one table, as "inet name"; empty where it is not there or cannot be listed.
std::string list_packet_table(std::string_view table);

// The devices' table with chains for these. A device that goes meanwhile is no error; one whose
// rules the kernel refuses leaves the others theirs, and is told.
base::Result<void> apply_device_rules(const IsolationPolicy& policy,
                                      std::span<const std::string> devices);

// Names of the network devices but the loopback, those that are plain first.
base::Result<std::vector<std::string>> network_devices();

// Ends TCP and connected UDP sockets whose other end the policy does not list (sock_diag(7),
// SOCK_DESTROY): their programs get ECONNABORTED. Returns how many. Those of the loopback stay.
base::Result<std::size_t> cut_connections(const IsolationPolicy& policy);

}  // namespace shoji::response
