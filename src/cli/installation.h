// Making an installation: the state folder with its settings, keys and certificates.
#pragma once

#include "core/base/settings.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace shoji::cli {

// What an administrator may say; what is left out keeps its value, or gets its default.
struct InitRequest {
    std::filesystem::path state;
    std::optional<std::filesystem::path> runtime;
    std::optional<std::string> host_name;
    std::vector<std::string> listen;                // "192.0.2.1:8443", "[2001:db8::1]:8443"
    std::optional<std::string> hub_listen;          // of the hub, for sensors: "192.0.2.1:8444"
    std::optional<std::string> zone;                // of terminals without a certificate
    std::optional<std::string> client_certificate;  // off, optional, required
    std::vector<std::string> terminal_networks;     // "10.1.0.0/16"; empty: as they are
    bool ordinary_user = false;  // no users of their own for the programs, though run as root
};

struct InitOutcome {
    base::Settings settings;
    std::vector<std::string> written;  // relative to the state folder; empty: all was there
};

// Makes what is missing and keeps what is there: keys are never replaced. The gateway's certificate
// is issued anew when its names or addresses changed or 30 days are left.
base::Result<InitOutcome> initialise(const InitRequest& request);

}  // namespace shoji::cli
