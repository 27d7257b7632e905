// What the programs of one installation share: the file shoji.toml in its state folder, written by
// `shoji init`, owned by the administrator and never by a program. It holds no secret.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace shoji::base {

enum class ClientCertificate { off, optional, required };

// Where the gateway listens. The zone is that of every terminal that arrives here without a
// certificate of its own.
struct Listener {
    std::string address;  // an IP address
    std::uint16_t port = 8443;
    std::string zone;
    ClientCertificate client_certificate = ClientCertificate::optional;
};

struct SessionLimits {
    std::uint32_t maximum = 20;             // sessions at once on this machine, 1 to 900
    std::uint32_t memory_megabytes = 1500;  // each
    std::uint32_t processes = 400;          // each, threads included
    std::uint32_t cpu_percent = 150;        // each, of one core
    std::uint32_t grace_seconds = 600;      // a session lives on so long without its terminal
    std::uint32_t unclaimed_seconds = 60;   // a session lives on so long without a gateway
};

// Where the hub listens for sensors, and for how long it keeps what they tell.
struct HubSettings {
    std::string sensor_address = "127.0.0.1";  // an IP address
    std::uint16_t sensor_port = 8444;
    std::uint32_t event_megabytes = 4096;  // of stored events; the oldest go first
    std::uint32_t event_days = 30;         // 1 to 3650
    std::uint32_t alert_days = 1095;       // 1 to 3650
    std::uint32_t alert_megabytes = 256;   // of one sensor's stored alerts; it keeps the others
    // A sensor that says nothing for so long is an alert; longer than sensors' pauses. 2 to 3600.
    std::uint32_t silence_seconds = 60;
};

struct Settings {
    std::filesystem::path state;    // the folder of shoji.toml
    std::filesystem::path runtime;  // sockets and session records; gone after a reboot
    std::string instance;  // 8 lower-case hexadecimal digits: names cgroups and nftables tables
    bool separate_users = false;  // false: everything runs as the user who started it
    uid_t user_base = 0;          // first of the 4,000 user ids that this installation uses
    std::string host_name;        // in the gateway's certificate and its Origin check
    std::vector<Listener> listeners;
    std::vector<std::string> terminal_networks;  // CIDR; sessions may never reach these
    std::vector<std::string> resolvers;          // IP addresses; empty: those of /etc/resolv.conf
    // PEM files: authorities that sessions trust for destinations besides Chromium's own, such as
    // LGPKI's. Read when the host starts.
    std::vector<std::string> destination_authorities;
    SessionLimits session;
    std::uint32_t journal_reserve_megabytes = 64;
    HubSettings hub;

    // User and group ids, meaningful when separate_users.
    [[nodiscard]] uid_t gateway_user() const { return user_base + 1; }
    [[nodiscard]] uid_t audit_user() const { return user_base + 2; }
    [[nodiscard]] uid_t demo_user() const { return user_base + 3; }
    [[nodiscard]] uid_t hub_user() const { return user_base + 4; }
    [[nodiscard]] uid_t session_user(std::uint32_t slot) const {
        return user_base + 100 + 4 * slot;
    }
    [[nodiscard]] uid_t browser_user(std::uint32_t slot) const { return session_user(slot) + 1; }
    [[nodiscard]] uid_t egress_user(std::uint32_t slot) const { return session_user(slot) + 2; }

    [[nodiscard]] std::filesystem::path gateway_state() const { return state / "gateway"; }
    [[nodiscard]] std::filesystem::path hub_state() const { return state / "hub"; }
    [[nodiscard]] std::filesystem::path audit_state() const { return state / "audit"; }
    [[nodiscard]] std::filesystem::path authority_state() const { return state / "authority"; }
    [[nodiscard]] std::filesystem::path admin_socket() const {
        return runtime / "gateway/admin.sock";
    }
    [[nodiscard]] std::filesystem::path hub_socket() const { return runtime / "hub/admin.sock"; }
    [[nodiscard]] std::filesystem::path audit_socket() const {
        return runtime / "audit/audit.sock";
    }
    [[nodiscard]] std::filesystem::path host_socket() const { return runtime / "host/host.sock"; }
    [[nodiscard]] std::filesystem::path host_sessions() const { return runtime / "host/sessions"; }
};

// Reads `state`/shoji.toml. Unknown keys, wrong types and values out of range are errors that name
// the key and the line.
Result<Settings> load_settings(const std::filesystem::path& state);

// The same from the file's text.
Result<Settings> parse_settings(std::string_view text, const std::filesystem::path& state);

// The text of a shoji.toml that load_settings() reads back to the same settings.
std::string format_settings(const Settings& settings);

// Checks values against their ranges: what load_settings() applies, and `shoji init` before it
// writes.
Result<void> check_settings(const Settings& settings);

}  // namespace shoji::base
