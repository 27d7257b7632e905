// Activities for tests, one line each.
#pragma once

#include "watch/detect/beacon/detector.h"

#include <string>
#include <vector>

namespace shoji::beacon {

constexpr event::Time a_second = 1'000'000'000;
constexpr event::Time an_hour = 3600 * a_second;
constexpr event::Time a_day = 24 * an_hour;
// Monday, 1 June 2026, 9 o'clock in Japan.
constexpr event::Time monday = std::int64_t{1'780'272'000} * a_second;

inline event::Activity request(std::string_view host, std::string_view domain, event::Time time) {
    event::Activity activity;
    activity.kind = event::ActivityKind::request;
    activity.host = host;
    activity.domain = domain;
    activity.host_header = domain;
    activity.method = "GET";
    activity.signature = "browser";
    activity.bytes_out = 500;
    activity.time = time;
    return activity;
}

inline event::Activity query(std::string_view host, std::string_view name, event::Time time) {
    event::Activity activity;
    activity.kind = event::ActivityKind::query;
    activity.host = host;
    activity.domain = name;
    activity.time = time;
    activity.bytes_out = 40;
    return activity;
}

// Something that shows that the terminal is on, and nothing else.
inline event::Activity sign_of_life(std::string_view host, event::Time time) {
    event::Activity activity;
    activity.kind = event::ActivityKind::process;
    activity.host = host;
    activity.time = time;
    return activity;
}

inline Settings small_settings() {
    Settings settings;
    settings.memory_bytes = 4 << 20;
    return settings;
}

inline std::size_t count(const std::vector<Alert>& alerts, AlertKind kind) {
    std::size_t found = 0;
    for (const auto& alert : alerts) found += alert.kind == kind ? 1 : 0;
    return found;
}

}  // namespace shoji::beacon
