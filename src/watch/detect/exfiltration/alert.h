// What the detector tells: how much, from what, to where, against which baseline.
#pragma once

#include "watch/detect/exfiltration/settings.h"
#include "watch/event/event.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace shoji::exfiltration {

enum class Kind : std::uint8_t {
    volume_day,   // more in a day than usual, by one medium
    volume_hour,  // more in this hour of the week than usual
    pair_day,     // more in a day to one destination than usual
    pair_week,    // more in a week to one destination than usual
    program_day,  // more in a day by one program than usual
    leak,         // little by little to a rare destination
    chain,        // classified files read, then as much sent
    tunnel,       // information in DNS names
    protocol,     // another protocol than the port's
    my_number,    // My Numbers in text that went in
};
constexpr std::size_t kinds = 10;

// Names in alerts are no longer than this, nor are those kept for them.
constexpr std::size_t most_name_bytes = 256;

std::string_view name_of(Kind kind);
std::string_view name_of(Medium medium);
std::string_view name_of(Baseline::From from);

struct Alert {
    Kind kind = Kind::volume_day;
    Medium medium = Medium::web;
    event::Time time = 0;   // of the activity that completed it
    event::Time since = 0;  // from when on `amount` was counted
    std::string host;
    std::string user;
    std::string process;      // of the activity that completed it; empty when it has none
    std::string source;       // the last file of a chain; empty otherwise
    std::string destination;  // registered domain, address, recipient's domain, path …
    std::uint64_t amount = 0;
    std::uint32_t count = 0;  // files, names or numbers, where the kind counts them
    Baseline baseline;
};

}  // namespace shoji::exfiltration
