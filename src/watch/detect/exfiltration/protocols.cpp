#include "watch/detect/exfiltration/protocols.h"

#include <algorithm>
#include <array>

namespace shoji::exfiltration {
namespace {

struct Usual {
    std::uint16_t port;
    std::string_view protocol;
};
// IANA's service names and what is known to share a port with them.
constexpr std::array usual{
    Usual{20, "ftp"},    Usual{21, "ftp"},    Usual{22, "ssh"},    Usual{25, "smtp"},
    Usual{25, "tls"},    Usual{53, "dns"},    Usual{53, "udp"},    Usual{53, "tcp"},
    Usual{80, "http"},   Usual{80, "http2"},  Usual{110, "pop3"},  Usual{110, "tls"},
    Usual{123, "ntp"},   Usual{143, "imap"},  Usual{143, "tls"},   Usual{443, "tls"},
    Usual{443, "ssl"},   Usual{443, "https"}, Usual{443, "http2"}, Usual{443, "quic"},
    Usual{443, "http3"}, Usual{465, "smtp"},  Usual{465, "tls"},   Usual{587, "smtp"},
    Usual{587, "tls"},   Usual{853, "tls"},   Usual{853, "dns"},   Usual{853, "quic"},
    Usual{993, "imap"},  Usual{993, "tls"},   Usual{995, "pop3"},  Usual{995, "tls"},
};

}  // namespace

bool is_usual_protocol(std::uint16_t port, std::string_view protocol) {
    // The transport alone says nothing about what is spoken.
    if (protocol.empty() || protocol == "tcp" || protocol == "udp" || protocol == "unknown") {
        return true;
    }
    bool known_port = false;
    for (const auto& one : usual) {
        if (one.port != port) continue;
        known_port = true;
        if (one.protocol == protocol) return true;
    }
    return !known_port;
}

Protocols::Protocols(const Settings& settings)
    : settings_(settings), table_(settings.most_protocols) {}

void Protocols::observe(const Seen& seen, std::uint64_t habit, Alerts& alerts) {
    Use& all = table_.at(habit);
    all.hosts.add(seen.host);
    all.day = std::max(all.day, seen.day);
    const auto hosts = all.hosts.estimate();
    Use& use = table_.at(habit ^ seen.subject ^ seen.destination);
    if (seen.day > use.day) {
        use.day = seen.day;
        use.bytes = 0;
    }
    constexpr std::uint64_t most = std::uint64_t{1} << 50U;
    use.bytes = std::min(most, std::min(most, use.bytes) + std::min(most, seen.amount));
    if (use.told || use.bytes < settings_.protocol_bytes || hosts >= settings_.common_hosts) {
        return;
    }
    use.told = true;
    Alert alert = alert_of(seen, Kind::protocol);
    alert.amount = use.bytes;
    alert.count = hosts;
    alert.baseline = {Baseline::From::city, hosts, 0, settings_.protocol_bytes};
    alerts.push_back(std::move(alert));
}

std::size_t Protocols::memory_limit(const Settings& settings) {
    return sizeof(Protocols) + BoundedTable<Use>::memory_limit(settings.most_protocols);
}

}  // namespace shoji::exfiltration
