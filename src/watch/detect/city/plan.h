// What a simulated city is like, and what attacks it.
#pragma once

#include "watch/event/event.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace shoji::city {

using event::Time;

constexpr Time seconds = 1'000'000'000;
constexpr Time minutes = 60 * seconds;
constexpr Time hours = 60 * minutes;
constexpr Time days = 24 * hours;

// Each kind is a class of its own in attack/; attack.cpp lists them.
enum class AttackKind : std::uint8_t {
    fixed_beacon,       // to the second
    jittered_beacon,    // ± jitter_percent
    office_beacon,      // hidden in the office's hours
    slow_beacon,        // hours apart
    long_connection,    // kept open
    fronted_beacon,     // by a popular CDN's name, the host header another or none
    dns_beacon,         // by names under the attacker's domain
    generated_names,    // look-ups of names that an algorithm makes
    denied_connection,  // to what the policy never allowed; the firewall says no
    rare_destination,   // a young domain that nobody else knows, now and then
    // Taking data out.
    loud_upload,        // a gigabyte to a new site
    storage_pieces,     // little by little to a storage site
    night_upload,       // while nobody is there
    https_drip,         // a byte a second
    dns_tunnel_fast,    // in names, as fast as it goes
    dns_tunnel_slow,    // in names, one every few minutes
    icmp_tunnel,        // in echo requests
    stick_copy,         // onto a stick
    archive_mail,       // archives to a free address
    print_volume,       // on paper
    paste_upload,       // to a paste site
    ssh_tunnel,         // SSH on port 443
    archive_then_send,  // classified files, packed, then sent
    session_input,      // My Numbers into a session of the screen
    share_copy,         // to another terminal's share
};
constexpr std::size_t attack_kinds = 25;
constexpr std::size_t outside_kinds = 10;  // the first: those that talk to the outside

std::string_view name_of(AttackKind kind);

// What a field means to a kind stands in that kind's header; 0 is the kind's own default.
struct Attack {
    AttackKind kind = AttackKind::fixed_beacon;
    std::uint32_t host = 0;  // number of a terminal
    Time start = 0;          // since 1970; an attack acts only while its terminal is switched on
    Time end = 0;            // 0: goes on
    Time interval = 0;
    std::uint32_t jitter_percent = 0;
    std::uint64_t bytes = 0;
    bool like_browser = false;  // its TLS looks like the terminal's browser
};

struct CityPlan {
    std::uint32_t terminals = 1000;
    std::uint32_t day_count = 30;
    // A midnight in Japan (UTC+9, no summer time): Monday, 1 June 2026, a month without holidays.
    Time start = Time{20605} * days - 9 * hours;
    bool holidays = false;  // the national holidays of 2026
    std::uint64_t seed = 1;
    std::uint32_t always_on_percent = 10;  // terminals that nobody switches off
    std::vector<Attack> attacks;
};

}  // namespace shoji::city
