// What the detector can be told. How to tune it stands in docs/detection/intrusion.md.
#pragma once

#include "watch/detect/incident/clock.h"

#include <cstdint>
#include <string>
#include <vector>

namespace shoji::intrusion {

struct Settings {
    // From the first activity on, what is met becomes what is usual.
    event::Time learning = 7 * incident::day;
    // Later, what so many hosts have known for so long is usual as well.
    std::uint32_t common_hosts = 3;  // 1 to 8
    event::Time ageing = 7 * incident::day;

    // Files that nobody has a reason to touch, as patterns (incident/path_glob.h).
    std::vector<std::string> canaries;

    // A service, task or remote start so long after a logon from another host comes from there.
    event::Time follow = 10 * incident::minute;
    // Hosts that one source or user moves to within the span: a chain, and a grave one.
    event::Time span = 24 * incident::hour;
    std::uint32_t chain_hosts = 3;
    std::uint32_t grave_hosts = 5;
    // Hosts that one source logs on to in an hour and never did before; and so many times what it
    // did while it was learnt.
    std::uint32_t fan_hosts = 10;
    std::uint32_t fan_times = 3;

    // Different files that one program changes: within `storm_fast` whatever it does to them,
    // within `storm_slow` when four of five become noise or get one new extension.
    event::Time storm_fast = incident::minute;
    event::Time storm_slow = incident::hour;
    double noise_bits = 7.2;  // bits a byte
    double noise_rise = 1.0;  // above what files of that extension usually hold

    // A parent that started so many programs, and never this kind.
    std::uint64_t parent_starts = 100;

    // Alerts of one detection on one host in an hour; what is beyond is counted, and told once.
    std::uint32_t most_hourly = 60;

    // Limits of memory: what is beyond displaces, and is counted. Computed for names that are all
    // as long as they may be: 750 bytes a usual thing in each of six tables, 3 KiB a host, 11 KiB a
    // source, 4 KiB a program's storm; with these defaults some 300 MB. Names of a city take a
    // tenth.
    std::size_t most_usual = 30'000;  // of services and tasks, of programs' pairs, of extensions …
    std::size_t most_hosts = 20'000;
    std::size_t most_sources = 8'192;
    std::size_t most_storms = 4'096;
};

}  // namespace shoji::intrusion
