// Whether a configuration is sound: every problem is named at once, so that an administrator mends
// a file in one round.
#pragma once

#include "core/policy/policy.h"

#include <cstddef>

namespace shoji::policy {

inline constexpr std::size_t maximum_id = 64;            // characters of [a-z0-9-]
inline constexpr std::size_t maximum_name = 200;         // bytes of UTF-8
inline constexpr std::size_t maximum_explanation = 500;  // bytes: reason and approver
inline constexpr std::size_t maximum_zones = 100;
inline constexpr std::size_t maximum_roles = 100;
inline constexpr std::size_t maximum_destinations = 1000;
inline constexpr std::size_t maximum_routes = 5000;
inline constexpr std::size_t maximum_origins = 64;  // of one destination
// Bytes of the JSON form, so that it fits one line of the admin socket with what surrounds it.
inline constexpr std::size_t maximum_json = 1'000'000;

struct Problem {
    std::string where;     // "destinations.demo.origins[0].host"
    std::string_view key;  // of the message catalogue, policy.problem.…; {where} and {value}
    std::string value;     // what stands there, or the limit; printable

    friend bool operator==(const Problem&, const Problem&) = default;
};

// Empty when the configuration is sound. At most 200 problems are named.
std::vector<Problem> check(const Configuration& configuration);

bool is_id(std::string_view text);
// Labels of 1 to 63 lower-case letters, digits and inner hyphens, at most 253 characters in all
// (RFC 1123, section 2.1), the last one not a number: browsers read such a host as an IPv4 address
// (WHATWG URL, "ends in a number checker").
bool is_host_name(std::string_view text);
// An IPv4 or IPv6 address in the one form that RFC 5952 recommends, without brackets or zone.
bool is_address(std::string_view text);
// An address that is loopback, link-local, private, shared, multicast, reserved or embeds an IPv4
// address: nothing that a public destination has.
bool is_internal_address(std::string_view text);

}  // namespace shoji::policy
