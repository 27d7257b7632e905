// All that the administrator says to the sensor, from one file of TOML. What it looks at stands in
// sensor/policy.h; what it does with it:
//
//   state = "/var/lib/shoji/sensor"   # folder of what has to be kept; without it nothing below
//   runtime = "/run/shoji-sensor"     # folder of its sockets; without it there are none
//   [local]
//   group = "shoji-watch"             # its members may look at the sensor; without it only root
//   [keeper]
//   silent_seconds = 10               # a part that says nothing for so long is started anew
//   check_seconds = 60                # how often its own files are looked at
//   canary_seconds = 20               # how often an act of its own has to be seen
//   pins = "/sys/fs/bpf/shoji-sensor" # folder on a BPF file system, for what goes on watching when
//                                     # the keeper is killed; without it nothing does
//   shield = true                     # what others do to its processes is refused, where the
//                                     # kernel can
//   [detection]
//   rules = ["/etc/shoji/rules"]      # folders and files of Sigma rules
//   pipelines = ["/etc/shoji/names.yml"]  # Sigma pipelines that rules go through, by priority
//   placeholders = "…"                # lists for the names that rules leave open
//   beyond_rules = true               # the detectors of watch/detect/analysis
//   settings = "…"                    # their file; docs/detection/analysis.md
//   suppressions = "…"
//   destinations = "…"                # lists; without them nothing is known from the start
//   intrusion_lists = "…"
//   alerts_hourly = 60                # of one rule; what is beyond is counted and told
//   save_seconds = 300
//   [delivery]
//   hub = "192.0.2.1:8444"
//   identity = "/etc/shoji/sensor.pem"   # what 'shoji sensor enrol' wrote
//   user = 65533                         # the user id of the process that delivers
//   events = ["process_creation"]        # categories that go to the hub, beside alerts
//   spool_megabytes = 256
//   pulse_seconds = 15
//   [response]
//   policy = "/etc/shoji/response.toml"  # docs/response.md
//   units = "/etc/systemd/system"        # where isolation's unit goes; the default with systemd
#pragma once

#include "core/base/result.h"
#include "watch/response/control.h"
#include "watch/sensor/policy.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::station {

struct LocalPolicy {
    std::string group;  // empty: none
};

struct KeeperPolicy {
    std::uint32_t silent_seconds = 10;  // 2 to 3600
    std::uint32_t check_seconds = 60;   // 1 to 86400
    std::uint32_t canary_seconds = 20;  // 1 to 40
    std::string pins;
    bool shield = true;
};

struct DetectionPolicy {
    std::vector<std::string> rules;
    std::vector<std::string> pipelines;
    std::string placeholders;
    bool beyond_rules = true;
    std::string settings;
    std::string suppressions;
    std::string destinations;
    std::string intrusion_lists;
    std::uint32_t alerts_hourly = 60;  // 1 to 1000000
    std::uint32_t save_seconds = 300;  // 1 to 86400
};

struct DeliveryPolicy {
    std::string address;  // of the hub: an IP address
    std::uint16_t port = 0;
    std::string identity;
    uid_t user = 65533;  // never 0
    std::vector<std::string> events{"process_creation", "sensor_report", "authentication", "sudo"};
    std::uint32_t spool_megabytes = 256;  // 8 to 1048576
    std::uint32_t pulse_seconds = 15;     // 1 to 30
};

struct ResponsePlace {
    std::string policy;
    std::string units;
};

struct Policy {
    sensor::Policy watch;
    std::filesystem::path state;
    std::filesystem::path runtime;
    LocalPolicy local;
    KeeperPolicy keeper;
    std::optional<DetectionPolicy> detection;
    std::optional<DeliveryPolicy> delivery;
    std::optional<ResponsePlace> response;

    [[nodiscard]] std::filesystem::path analyst_folder() const { return state / "analyst"; }
    [[nodiscard]] std::filesystem::path spool_folder() const { return state / "spool"; }
    [[nodiscard]] std::filesystem::path response_folder() const { return state / "response"; }
    [[nodiscard]] std::filesystem::path local_socket() const { return runtime / "sensor.sock"; }
    [[nodiscard]] std::filesystem::path respond_socket() const {
        return runtime / response::control_socket;
    }
    [[nodiscard]] std::filesystem::path state_file() const { return runtime / "sensor.json"; }
};

// Unknown keys, wrong types and values out of range are errors that name the key and the line.
base::Result<Policy> parse_policy(std::string_view text, std::string_view name);
base::Result<Policy> load_policy(const std::filesystem::path& file);

}  // namespace shoji::station
