// What an administrator may turn, and how much memory there is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace shoji::beacon {

struct Settings {
    // All that the detector keeps, its tables full: 256 MiB hold 20,000 terminals. From 1 MiB on.
    std::size_t memory_bytes = std::size_t{256} << 20;
    // Alerts from this threat on, 0 to 1 (alert.h).
    double threshold = 0.85;
    // RITA's modifiers: a destination is rare up to this share of the terminals, new for so long.
    double rare_share = 0.02;
    std::uint32_t new_days = 7;
    // What this share of the terminals talk to, and so many at least, is not watched pair by pair.
    double common_share = 0.1;
    std::uint32_t common_hosts = 10;
    // Domains on the list of young ones count so many days after their registration.
    std::uint32_t young_days = 60;
    // Look-ups of names that look generated, within an hour of one terminal.
    std::uint32_t generated_names = 12;
    // Contacts that the policy denied, in so many different ones of 24 hours.
    std::uint32_t denied_contacts = 6;
    std::uint32_t denied_hours = 3;
    // The office's hours where the terminals are.
    std::int32_t seconds_east = 9 * 3600;
    std::uint32_t office_from = 8;
    std::uint32_t office_to = 18;
    // Domains of the city's own: they and what is under them are not outside.
    std::vector<std::string> inside;
    // Keys the hashes; unpredictable where hostile names arrive.
    std::uint64_t key = 0;
};

// How many things of each sort fit into Settings::memory_bytes.
struct Limits {
    std::uint32_t hosts = 0;
    std::uint32_t targets = 0;  // destinations
    std::uint32_t pairs = 0;
    std::uint32_t rhythms = 0;
    std::uint32_t pairs_of_host = 0;  // one terminal may not push out the others'

    static Limits of(std::size_t memory_bytes);
    // What full tables take, indexes and overhead included.
    [[nodiscard]] std::size_t bytes() const;

    bool operator==(const Limits&) const = default;
};

}  // namespace shoji::beacon
