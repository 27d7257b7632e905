// What the gatherer can be told. How to tune it stands in docs/detection/incidents.md.
#pragma once

#include "watch/detect/incident/alert.h"
#include "watch/detect/incident/clock.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace shoji::incident {

struct Settings {
    // Risk of one alert by its level, from informational to critical.
    std::array<double, levels> weights{1, 5, 20, 50, 100};
    // Risk at which what was gathered becomes an incident; a critical alert alone makes one.
    double threshold = 100;
    event::Time half_life = 72 * hour;
    // An incident is over when nothing came for so long; what follows is a new one.
    event::Time quiet = 14 * day;
    // Logons between hosts join what is seen there within this time, unless so many hosts log on
    // to the target: file servers and domain controllers would join everybody.
    event::Time link_span = 24 * hour;
    std::uint32_t common_peers = 8;
    // host_key()s of hosts where many work at once: users are told apart there.
    std::vector<std::string> shared_hosts;
    // user_key()s that say nothing of who it is: they join no hosts.
    std::vector<std::string> shared_accounts{
        "system", "local service", "network service", "root",   "administrator",
        "admin",  "guest",         "anonymous logon", "nobody", "www-data"};

    // Limits of memory. `most_bytes` is for the incidents and what is gathered. Beside it, computed
    // for names that are all as long as they may be: 1.3 KiB a process, 4 KiB a host, 40 KiB a
    // subject of the history; with these defaults some 200 MB. Names of a city take a tenth.
    std::size_t most_cases = 4096;
    std::size_t most_bytes = 64 << 20;
    std::size_t most_hosts = 20'000;
    std::size_t most_processes = 32'768;
    std::size_t most_subjects = 2048;
};

}  // namespace shoji::incident
