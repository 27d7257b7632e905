// An analysis, and what it is shown in tests.
#pragma once

#include "watch/detect/analysis/analysis.h"
#include "watch/detect/intrusion/testing/chain.h"
#include "watch/detect/intrusion/testing/lists.h"
#include "watch/detect/intrusion/testing/office.h"

#include <string>
#include <utility>
#include <vector>

namespace shoji::analysis::testing {

// Memory of a few megabytes.
inline Settings small_settings() {
    Settings settings;
    settings.exfiltration.most_subjects = 300;
    settings.exfiltration.most_pairs = 3000;
    settings.exfiltration.most_programs = 1000;
    settings.exfiltration.most_places = 1000;
    settings.exfiltration.most_domains = 200;
    settings.exfiltration.most_chains = 100;
    settings.exfiltration.most_protocols = 200;
    settings.exfiltration.most_inputs = 100;
    settings.beacon.memory_bytes = 4 << 20;
    settings.intrusion.most_usual = 500;
    settings.intrusion.most_hosts = 200;
    settings.intrusion.most_sources = 100;
    settings.intrusion.most_storms = 100;
    settings.incident.most_cases = 200;
    settings.incident.most_bytes = 2 << 20;
    settings.incident.most_hosts = 200;
    settings.incident.most_processes = 1000;
    settings.incident.most_subjects = 50;
    return settings;
}

inline Settings settings() {
    Settings settings;
    settings.beacon.memory_bytes = 4 << 20;
    settings.intrusion.canaries = {std::string(intrusion::testing::canary)};
    return settings;
}

// Three weeks of an office; in the third an attack over five of its hosts.
inline intrusion::testing::Scene attacked_office() {
    namespace scenes = intrusion::testing;
    scenes::Scene whole;
    for (unsigned week = 0; week < 3; ++week) scenes::add_office_week(whole, week, 20);
    scenes::add_attack(whole, scenes::first_monday + 15 * incident::day + 10 * incident::hour);
    return whole;
}

inline event::Activity upload(std::string_view host, std::string_view domain, std::uint64_t bytes,
                              event::Time time) {
    event::Activity one;
    one.kind = event::ActivityKind::request;
    one.time = time;
    one.host = host;
    one.user = "CITY\\tanaka";
    one.process = R"(C:\a.exe)";
    one.process_id = 7;
    one.domain = domain;
    one.host_header = domain;
    one.method = "POST";
    one.signature = "agent";
    one.port = 443;
    one.protocol = "tls";
    one.bytes_out = bytes;
    one.bytes_in = 300;
    return one;
}

struct Watch {
    explicit Watch(Settings made_of = settings(), incident::Suppressions suppressions = {},
                   std::uint8_t secret = 1)
        : analysis(with_secret(std::move(made_of), secret),
                   {{}, intrusion::testing::lists(), {}, {}}, std::move(suppressions)) {}

    static Settings with_secret(Settings settings, std::uint8_t secret) {
        settings.exfiltration.secret.fill(secret);
        settings.beacon.key = secret;
        return settings;
    }

    void see(const event::Activity& one) {
        analysis.observe(one, {"log", ++record}, told);
        if (!keeps_told) told.clear();
    }
    void see(const intrusion::testing::Scene& scene, std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to; ++i) see(scene.activities.at(i));
    }
    void see(const intrusion::testing::Scene& scene) { see(scene, 0, scene.activities.size()); }
    void sign_of_life(std::string_view host, event::Time time) {
        event::Activity one;
        one.kind = event::ActivityKind::print;
        one.host = host;
        one.time = time;
        see(one);
    }

    // Null: that detector has not told such a thing.
    [[nodiscard]] const incident::Alert* first(incident::Detector detector,
                                               std::string_view rule) const {
        for (const auto& alert : told) {
            if (alert.detector == detector && alert.rule == rule) return &alert;
        }
        return nullptr;
    }
    [[nodiscard]] const incident::Gatherer& incidents() const { return analysis.incidents(); }

    Analysis analysis;
    Analysis::Alerts told;
    bool keeps_told = true;
    std::uint64_t record = 0;
};

}  // namespace shoji::analysis::testing
