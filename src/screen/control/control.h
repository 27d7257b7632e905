// What the gateway, the host and the egress say to each other. Every message is one packet of a
// SOCK_SEQPACKET Unix socket: a byte that names it, then its fields, little-endian, strings with a
// 16-bit length. No field becomes a path, a flag or a command.
//
// gateway → host: Start, Attach, End, List.   host → gateway: Started, Failed, Exited, Listing.
// host → egress: Allowance, once, at start.   egress → gateway: Refused, Traffic.
//
// Pure: bytes in, messages out. Every decode checks every bound; a message with bytes left over is
// malformed.
#pragma once

#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace shoji::control {

inline constexpr std::size_t maximum_packet = 65536;
inline constexpr std::size_t maximum_origins = 64;
inline constexpr std::size_t maximum_host_name = 253;  // RFC 1035, section 2.3.4
inline constexpr std::size_t maximum_networks = 256;
inline constexpr std::size_t maximum_resolvers = 16;
inline constexpr std::size_t maximum_sessions = 1000;
inline constexpr std::uint16_t minimum_side = 64;  // pixels
inline constexpr std::uint16_t maximum_side = 7680;

using SessionId = std::array<std::uint8_t, 16>;

std::string to_text(const SessionId& id);  // 32 lower-case hexadecimal digits
base::Result<SessionId> session_id_from(std::string_view text);

enum class Scheme : std::uint8_t { http = 0, https = 1 };
enum class Locale : std::uint8_t { ja = 0, en = 1 };
// The keyboard whose legends the session's keymap follows.
enum class Layout : std::uint8_t { jp = 0, us = 1 };

struct Origin {
    Scheme scheme = Scheme::https;
    std::string host;  // lower-case letters, digits, '-' and '.', as in a certificate; or an IP
                       // literal where the destination explicitly is one
    std::uint16_t port = 443;
    // The host may resolve to a private, loopback or link-local address (never to a terminal
    // network).
    bool internal = false;

    friend bool operator==(const Origin&, const Origin&) = default;
};

// True when `host` has the form of a name in DNS (RFC 1123): labels of lower-case letters, digits
// and inner hyphens, each of 1 to 63 bytes, without a dot at the end. The last label is no number,
// or browsers would read an IPv4 address in it (WHATWG URL, "ends in a number": 127.1, 0x7f000001).
bool is_host_name(std::string_view host);
// True when `host` is an IP address in the one text form that inet_ntop(3) gives it: "192.0.2.1",
// "2001:db8::1" without brackets.
bool is_address_literal(std::string_view host);
// "https://example.jp", "http://127.0.0.1:8080" or "http://[::1]:8080": the port is left out when
// it is the scheme's own.
std::string to_url(const Origin& origin);

struct Geometry {
    std::uint16_t width = 1280;  // device pixels, minimum_side to maximum_side
    std::uint16_t height = 800;
    std::uint16_t scale = 120;  // device pixels a logical pixel, in 1/120: 60 to 480

    friend bool operator==(const Geometry&, const Geometry&) = default;
};

// Begins a session at the first origin's root; the others are allowed for its sub-resources.
struct Start {
    std::uint32_t request = 0;  // chosen by the gateway, repeated in the answer
    std::vector<Origin> origins;
    Geometry geometry;
    Locale locale = Locale::ja;
    Layout layout = Layout::jp;
    std::uint64_t expires = 0;  // seconds since 1970, when the approval ends; 0: never

    friend bool operator==(const Start&, const Start&) = default;
};
struct Attach {
    std::uint32_t request = 0;
    SessionId session{};

    friend bool operator==(const Attach&, const Attach&) = default;
};
struct End {
    SessionId session{};

    friend bool operator==(const End&, const End&) = default;
};
struct List {
    std::uint32_t request = 0;

    friend bool operator==(const List&, const List&) = default;
};

// Carries two descriptors: the display stream (SOCK_STREAM; see docs/wire.md) and the egress's
// reports (SOCK_SEQPACKET). The answer to Start and to Attach.
struct Started {
    std::uint32_t request = 0;
    SessionId session{};

    friend bool operator==(const Started&, const Started&) = default;
};

enum class Reason : std::uint8_t {
    ended = 0,            // asked for, or the user closed the last window
    browser_exited = 1,   // Chromium died
    session_failed = 2,   // the compositor died
    egress_failed = 3,    // the egress died
    out_of_memory = 4,    // the session's memory limit was reached
    unclaimed = 5,        // no gateway wanted it
    expired = 6,          // the destination's approval ended
    limit_reached = 7,    // as many sessions as the machine is set to hold are running
    unknown_session = 8,  // no session of that id (any more)
    invalid_request = 9,  // the request is malformed or out of bounds
    start_failed = 10,    // the machine could not set the session up; the host's log says why
    mechanism_missing =
        11,        // a protection that the settings demand is not to be had on this kernel
    no_space = 12  // the disk of the host's files is full
};
inline constexpr std::uint8_t last_reason = 12;

struct Failed {
    std::uint32_t request = 0;
    Reason reason = Reason::start_failed;

    friend bool operator==(const Failed&, const Failed&) = default;
};
struct Exited {
    SessionId session{};
    Reason reason = Reason::ended;

    friend bool operator==(const Exited&, const Exited&) = default;
};
struct SessionEntry {
    SessionId session{};
    std::uint64_t started = 0;       // seconds since 1970
    std::uint64_t memory_bytes = 0;  // of its cgroup; 0 where unknown

    friend bool operator==(const SessionEntry&, const SessionEntry&) = default;
};
struct Listing {
    std::uint32_t request = 0;
    std::vector<SessionEntry> sessions;  // at most maximum_sessions

    friend bool operator==(const Listing&, const Listing&) = default;
};

struct Allowance {
    std::vector<Origin> origins;
    std::uint64_t expires = 0;
    std::vector<std::string> terminal_networks;  // CIDR; refused whatever the origins say
    std::vector<std::string> resolvers;          // IP addresses; empty: those of the system

    friend bool operator==(const Allowance&, const Allowance&) = default;
};

enum class RefusalReason : std::uint8_t {
    not_listed = 0,        // the destination does not list this host, scheme or port
    address_literal = 1,   // an IP address instead of a name
    private_address = 2,   // the name resolves to loopback, link-local, metadata or private space
    terminal_network = 3,  // the name resolves into a terminal zone's network
    name_not_found = 4,    // the name does not resolve
    unreachable = 5,       // the destination does not answer
    server_name_differs = 6,  // the TLS ClientHello names another host, none, or is no ClientHello
    malformed = 7,            // the request is no valid proxy request
    expired = 8,              // the destination's approval has ended
    too_many = 9,             // more connections at once than a session may have
    tls_failed = 10,  // the destination and the browser came to no TLS connection: its certificate
                      // is not good, or it speaks no TLS
};
inline constexpr std::uint8_t last_refusal_reason = 10;

struct Refused {
    RefusalReason reason = RefusalReason::not_listed;
    Scheme scheme = Scheme::https;
    std::string host;  // what was asked for; empty where it had no valid form
    std::uint16_t port = 0;
    std::uint32_t times = 1;  // the same refusal so often since the last report of it

    friend bool operator==(const Refused&, const Refused&) = default;
};
// Since the session began.
struct Traffic {
    std::uint64_t bytes_out = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t connections = 0;
    std::uint64_t refusals = 0;
    std::uint64_t reports_lost = 0;  // refusals whose report found no room

    friend bool operator==(const Traffic&, const Traffic&) = default;
};

using ToHost = std::variant<Start, Attach, End, List>;
using FromHost = std::variant<Started, Failed, Exited, Listing>;
using FromEgress = std::variant<Refused, Traffic>;

// Precondition: the values lie within the bounds above; what does not is refused by the decoder.
std::vector<std::uint8_t> encode(const ToHost& message);
std::vector<std::uint8_t> encode(const FromHost& message);
std::vector<std::uint8_t> encode(const FromEgress& message);
std::vector<std::uint8_t> encode(const Allowance& message);

base::Result<ToHost> decode_to_host(std::span<const std::uint8_t> packet);
base::Result<FromHost> decode_from_host(std::span<const std::uint8_t> packet);
base::Result<FromEgress> decode_from_egress(std::span<const std::uint8_t> packet);
base::Result<Allowance> decode_allowance(std::span<const std::uint8_t> packet);

}  // namespace shoji::control
