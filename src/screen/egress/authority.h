// The host and port of a request as a browser writes them (RFC 3986, 3.2), made comparable with the
// origins of an allow-list. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shoji::egress {

enum class HostKind {
    name,     // a DNS name: lower-case, without the dot of the root
    address,  // an IP address in inet_ntop(3)'s form, without brackets
    numeric,  // another way to write an IPv4 address (127.1, 0x7f000001, 2130706433): the name is
              // left empty, since nothing may be looked up or compared by it
    other,    // well-formed, but no name that an origin can have ("a_b"): likewise empty
};

struct Authority {
    HostKind kind = HostKind::other;
    std::string host;
    std::optional<std::uint16_t> port;  // 1 to 65535

    friend bool operator==(const Authority&, const Authority&) = default;
};

// Nothing when `text` is malformed: user information, percent signs, zones, spaces, letters beyond
// ASCII, a port of 0 or beyond 65535, an empty host.
std::optional<Authority> parse_authority(std::string_view text);

// A port as decimal digits, 1 to 65535.
std::optional<std::uint16_t> parse_port(std::string_view text);

}  // namespace shoji::egress
