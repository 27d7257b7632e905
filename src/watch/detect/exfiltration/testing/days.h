// Activities for tests: a day's work of an office, said shortly.
#pragma once

#include "watch/detect/exfiltration/exfiltration.h"

#include <string>
#include <vector>

namespace shoji::exfiltration::testing {

constexpr event::Time second = 1'000'000'000;
constexpr event::Time minute = 60 * second;
constexpr event::Time hour = 60 * minute;
constexpr event::Time day = 24 * hour;
// Monday, 1 June 2026, midnight in Japan.
constexpr event::Time monday = event::Time{20605} * day - 9 * hour;

// drive.example is storage, paste.example a paste site, mail.example webmail, lookups.example asks
// by long names.
NameList names();

inline Settings settings() {
    Settings settings;
    settings.classified = {R"(\\fs01\mynumber)"};
    return settings;
}

inline event::Activity activity(event::ActivityKind kind, event::Time time,
                                std::string_view host = "pc1") {
    event::Activity activity;
    activity.kind = kind;
    activity.time = time;
    activity.host = host;
    activity.user = "sato";
    activity.process = R"(C:\a.exe)";
    return activity;
}

inline event::Activity upload(event::Time time, std::string_view domain, std::uint64_t bytes,
                              std::string_view host = "pc1") {
    auto one = activity(event::ActivityKind::request, time, host);
    one.domain = domain;
    one.peer = "10.0.0.9";  // the proxy
    one.port = 443;
    one.protocol = "tls";
    one.bytes_out = bytes;
    one.bytes_in = bytes / 20 + 500;
    return one;
}

// A detector with the alerts that it gave.
class Watch {
  public:
    explicit Watch(Settings made_of = settings()) : detector(std::move(made_of), names()) {}

    void see(const event::Activity& one) { detector.observe(one, alerts); }
    // Ten working days of browsing by this host, a little to each of a few sites.
    void usual_weeks(std::string_view host = "pc1") {
        for (int d = 0; d < 14; ++d) {
            if (d % 7 >= 5) continue;
            for (int h = 9; h < 17; ++h) {
                for (const auto* site : {"news.example.jp", "maps.example.net"}) {
                    see(upload(monday + d * day + h * hour, site, 50'000, host));
                }
            }
        }
    }
    [[nodiscard]] std::size_t count(Kind kind) const {
        std::size_t found = 0;
        for (const auto& alert : alerts) found += alert.kind == kind ? 1 : 0;
        return found;
    }

    Exfiltration detector;
    std::vector<Alert> alerts;
};

constexpr event::Time third_monday = monday + 14 * day;

}  // namespace shoji::exfiltration::testing
