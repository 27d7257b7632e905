// What the detector can be told. The defaults are for a city of 100 to 20,000 terminals; how to
// tune them stands in docs/detection/exfiltration.md. Amounts are bytes unless said.
#pragma once

#include "watch/detect/exfiltration/history.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace shoji::exfiltration {

// The ways by which data leaves, and in what they are counted.
enum class Medium : std::uint8_t {
    web,      // connections and requests to the outside: out beyond in
    storage,  // the same, to a listed storage site
    paste,    // the same, to a listed paste site
    mail,     // to the outside; listed webmail counts as well
    stick,    // files written to removable disks
    share,    // files written to shares
    print,    // pages
    capture,  // pictures of the screen
    icmp,
    input,  // text into sessions of the screen
};
constexpr std::size_t media = 10;

struct Settings {
    // Keys the hashes of names, so that nobody can choose names that fall together. A saved state
    // can be loaded with the same secret only.
    std::array<std::uint8_t, 16> secret{};

    // What is inside: names under these, and addresses of private networks (RFC 1918, RFC 4193).
    std::vector<std::string> inside{"lg.jp", "local", "internal"};
    // Beginnings of paths, without regard to ASCII case; '/' and '\' are the same.
    std::vector<std::string> classified;
    std::vector<std::string> removable{"E:\\",    "F:\\",        "G:\\",
                                       "/media/", "/run/media/", "/Volumes/"};
    std::vector<std::string> shares{"\\\\", "/mnt/", "/net/"};
    // From UTC; days, hours and weekdays are this zone's.
    std::int32_t zone_minutes = 9 * 60;

    Rule rule;
    // Less than this a day is never told, whatever the history. By Medium.
    std::array<std::uint64_t, media> floors{
        30'000'000,   // web
        10'000'000,   // storage
        50'000,       // paste
        20'000'000,   // mail
        100'000'000,  // stick
        300'000'000,  // share
        200,          // print, pages
        60,           // capture, pictures
        200'000,      // icmp
        30'000,       // input
    };
    // Without any history the limit is so many floors.
    std::uint32_t fixed_floors = 10;
    // One's own history counts from so many active days on, peers' and the city's from so many
    // samples on.
    std::uint32_t own_days = 7;
    std::uint32_t peer_samples = 20;
    std::uint32_t city_samples = 300;
    // The city's limit is so many times what this part of ten thousand stays below.
    std::uint32_t city_quantile = 9990;
    std::uint32_t city_times = 2;
    // In one hour to uncommon destinations, all that goes out, held against the same hours of the
    // week before.
    std::uint64_t hour_floor = 20'000'000;

    // A destination or program that at least so many hosts use is common.
    std::uint32_t common_hosts = 20;
    // One that at most so many use is rare.
    std::uint32_t rare_hosts = 3;
    // What is met in the first days becomes what is usual.
    std::uint32_t learning_days = 5;

    // Slow leak to a rare destination: out beyond a quarter of in and beyond this an hour adds up …
    std::uint64_t leak_hourly = 1'000;
    // … to this much, over at least so many hours in which anything went.
    std::uint64_t leak_bytes = 60'000;
    std::uint32_t leak_hours = 16;
    // Over four weeks to a rare destination that is new and gets more than it gives.
    std::uint64_t leak_total = 50'000'000;

    // Read, then sent: within this time, at least so much, at least so many hundredths of it.
    std::uint32_t chain_hours = 12;
    std::uint64_t chain_archive = 1'000'000;  // when an archive lies between
    std::uint64_t chain_plain = 10'000'000;   // when none does
    std::uint32_t chain_percent = 80;

    // Characters of new names under one registered domain.
    std::uint64_t tunnel_hour = 15'000;
    std::uint64_t tunnel_day = 40'000;
    std::uint64_t tunnel_week = 20'000;
    // Each further host that asks under it, beyond the rare, allows as much again.
    std::uint32_t tunnel_hosts = 3;

    // Another protocol than the port's, with at least so much out a day.
    std::uint64_t protocol_bytes = 10'000;

    // My Numbers typed or pasted into sessions by one person in a day.
    std::uint32_t my_numbers = 3;

    // How many of each are remembered; what is beyond displaces, and is counted.
    std::uint32_t most_subjects = 30'000;  // a host with a user
    std::uint32_t most_pairs = 300'000;    // a subject with a destination
    std::uint32_t most_programs = 100'000;
    std::uint32_t most_places = 120'000;  // destinations and programs as all see them
    std::uint32_t most_domains = 16'000;  // of DNS
    std::uint32_t most_chains = 4'000;
    std::uint32_t most_protocols = 20'000;
    std::uint32_t most_inputs = 30'000;
};

}  // namespace shoji::exfiltration
