// Who may open what from where. Pure: no clock, no files, no network; a decision depends on its
// arguments alone.
//
// Default deny: a terminal's zone, a user's role and a destination must be joined by a route, and
// the destination's approval must be in force; everything else is no.
//
// Dates are days in Japan (UTC+9, which has no daylight saving time): an approval holds from the
// start of its first day to the end of its last day there, wherever the machine believes to be.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::policy {

using Day = std::chrono::year_month_day;

// What a person reads, in each language of the catalogue.
struct Name {
    std::string ja;
    std::string en;

    friend bool operator==(const Name&, const Name&) = default;
};

// A part of the network: of the terminals, or of the destinations.
struct Zone {
    std::string id;
    Name name;

    friend bool operator==(const Zone&, const Zone&) = default;
};

struct Role {
    std::string id;
    Name name;

    friend bool operator==(const Role&, const Role&) = default;
};

enum class Scheme : std::uint8_t { http, https };

struct Origin {
    Scheme scheme = Scheme::https;
    // A DNS name in lower case (RFC 1123), or an IP address in its shortest form (RFC 5952) where
    // the destination explicitly is one.
    std::string host;
    std::uint16_t port = 443;
    bool internal = false;  // may resolve to a private, loopback or link-local address

    friend bool operator==(const Origin&, const Origin&) = default;
};

struct Destination {
    std::string id;
    Name name;
    std::string zone;
    // The first is where a session begins; the others are allowed for what its pages load.
    std::vector<Origin> origins;
    std::string reason;    // why it is trusted
    std::string approver;  // who said so
    Day approved{};        // first day on which it may be opened
    Day expires{};         // last day on which it may be opened

    friend bool operator==(const Destination&, const Destination&) = default;
};

// Users of `role` at terminals of `from_zone` may open `destination`.
struct Route {
    std::string id;
    std::string from_zone;
    std::string role;
    std::string destination;

    friend bool operator==(const Route&, const Route&) = default;
};

// The order within the lists means nothing; check() in check.h says what a sound one is.
struct Configuration {
    std::vector<Zone> zones;
    std::vector<Role> roles;
    std::vector<Destination> destinations;
    std::vector<Route> routes;

    friend bool operator==(const Configuration&, const Configuration&) = default;
};

struct Request {
    // From the terminal's certificate, or from the listener it arrived on; never what it says.
    std::string terminal_zone;
    std::string role;
    std::string destination;
    Day today{};  // day_in_japan() of now
};

struct Decision {
    bool allowed = false;
    // What decided: "route:<id>", "destination:<id>", or "default-deny".
    std::string rule;
    // Key of the message catalogue: policy.allowed, policy.zone_unknown, policy.role_unknown,
    // policy.destination_unknown, policy.no_route, policy.not_yet_approved or policy.expired.
    std::string_view reason;

    friend bool operator==(const Decision&, const Decision&) = default;
};

// Also safe on a configuration that check() would refuse: what is malformed allows nothing.
Decision decide(const Configuration& configuration, const Request& request);

// The role has a route to the destination from some zone: its users are shown that it exists, even
// where decide() says no to opening it now or from here.
bool may_see(const Configuration& configuration, std::string_view role,
             std::string_view destination);

// The one of that id; null when there is none. Points into the configuration.
const Destination* find_destination(const Configuration& configuration, std::string_view id);

// The day that it is in Japan at that moment.
Day day_in_japan(std::chrono::sys_seconds moment);
// The first moment after that day in Japan: when an approval that expires on it has ended.
std::chrono::sys_seconds end_of_day_in_japan(Day day);

}  // namespace shoji::policy
