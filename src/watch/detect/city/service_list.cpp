#include "watch/detect/city/service.h"

#include <array>

namespace shoji::city {
namespace {

using enum event::ActivityKind;
using On = Service::On;

constexpr std::string_view svchost = R"(C:\Windows\System32\svchost.exe)";
constexpr std::string_view agents = R"(C:\Program Files\Agents\agent.exe)";
constexpr std::string_view system_tls = "3b5074b1b5d032e5620f69f9f700ff0e";
constexpr std::string_view agent_tls = "6734f37431670b3ab4292b8f60f29984";
constexpr Time ms = seconds / 1000;

// name, peer, port, protocol, process, signature, kind, on, per mille, every, jitter, duration,
// bytes out, bytes in, octaves, at, denied
constexpr Service list[] = {
    // Everybody's.
    {"time.city.lg.jp", "10.0.0.2", 123, "ntp", svchost, "", connection, On::terminals, 1000,
     1024 * seconds, 1, 2 * ms, 76, 76, 0},
    {"settings.update.example.com", "", 443, "tls", svchost, system_tls, request, On::terminals,
     1000, 4 * hours, 20, 300 * ms, 1800, 9000, 1},
    {"definitions.antivirus.example.co.jp", "", 443, "tls",
     R"(C:\Program Files\Antivirus\update.exe)", system_tls, request, On::terminals, 1000, hours, 0,
     400 * ms, 900, 2200, 1},
    {"telemetry.example.com", "", 443, "tls", svchost, system_tls, request, On::terminals, 1000,
     15 * minutes, 10, 250 * ms, 5200, 600, 2},
    {"mail.city.lg.jp", "10.0.0.20", 443, "tls", R"(C:\Program Files\Groupware\notify.exe)",
     system_tls, connection, On::terminals, 1000, 2 * minutes, 5, 90 * ms, 1100, 1500, 1},
    {"_ldap._tcp.city.lg.jp", "10.0.0.3", 53, "dns", svchost, "", query, On::terminals, 1000,
     15 * minutes, 5, 3 * ms, 60, 180, 0},
    {"connectivity.example.net", "", 80, "http", svchost, "Microsoft NCSI", request, On::terminals,
     1000, 30 * minutes, 30, 60 * ms, 200, 500, 0},
    {"push.example.com", "", 443, "tls", svchost, system_tls, connection, On::terminals, 1000,
     hours, 20, 2 * hours, 6000, 9000, 2},
    // Updates of programs that many have.
    {"update.office.example.com", "", 443, "tls", R"(C:\Program Files\Office\update.exe)",
     system_tls, request, On::terminals, 900, 6 * hours, 10, 500 * ms, 2400, 30000, 3},
    {"dl.reader.example.com", "", 443, "tls", R"(C:\Program Files\Reader\update.exe)", system_tls,
     request, On::terminals, 700, 8 * hours, 5, 500 * ms, 900, 4000, 1},
    {"gis.pref.lg.jp", "150.60.1.20", 443, "tls", R"(C:\Program Files\Gis\gis.exe)", system_tls,
     request, On::terminals, 150, 10 * minutes, 40, 700 * ms, 1500, 80000, 4},
    // A few machines': what a beacon looks like, too.
    {"license.cad.example.jp", "", 443, "tls", R"(C:\Program Files\Cad\license.exe)", agent_tls,
     request, On::terminals, 8, 10 * minutes, 1, 120 * ms, 820, 640, 0},
    {"supplies.printer.example.com", "", 443, "tls", R"(C:\Program Files\Printer\supplies.exe)",
     agent_tls, request, On::terminals, 12, 30 * minutes, 2, 200 * ms, 3100, 700, 1},
    {"sync.dictionary.example.jp", "", 443, "tls", R"(C:\Program Files\Input\sync.exe)", agent_tls,
     request, On::terminals, 60, 20 * minutes, 15, 200 * ms, 1400, 3000, 3},
    // Denied, as long as nobody repairs it: a tool's telemetry on many machines, and on a few.
    {"metrics.tool.example.net", "", 443, "tls", R"(C:\Program Files\Tool\tool.exe)", agent_tls,
     connection, On::terminals, 300, hours, 20, 0, 0, 0, 0, -1, true},
    {"beta.viewer.example.net", "", 443, "tls", R"(C:\Program Files\Viewer\viewer.exe)", agent_tls,
     connection, On::terminals, 4, 12 * hours, 20, 0, 0, 0, 0, -1, true},
    // Servers.
    {"time.city.lg.jp", "10.0.0.2", 123, "ntp", "/usr/sbin/chronyd", "", connection, On::servers,
     1000, 1024 * seconds, 1, 2 * ms, 76, 76, 0},
    {"in.monitoring.example.jp", "", 443, "tls", agents, agent_tls, request, On::servers, 300,
     minutes, 1, 90 * ms, 2600, 300, 0},
    {"vault.backup.example.jp", "", 443, "tls", agents, agent_tls, connection, On::servers, 200,
     days, 1, 90 * minutes, 4'000'000'000, 20'000'000, 1, 2 * hours},
    {"nas01.city.lg.jp", "10.0.0.40", 445, "smb", agents, "", connection, On::servers, 1000, days,
     1, 2 * hours, 30'000'000'000, 60'000'000, 1, 1 * hours},
    {"#.support.example.co.jp", "", 22, "ssh", agents, "", connection, On::servers, 100, days, 1,
     7 * hours, 200'000, 900'000, 2, 9 * hours},
    {"gateway.city.lg.jp", "10.0.0.1", 0, "icmp", agents, "", icmp, On::servers, 1000, 5 * minutes,
     0, 2 * ms, 64, 64, 0},
};

}  // namespace

std::span<const Service> services() {
    return list;
}

}  // namespace shoji::city
