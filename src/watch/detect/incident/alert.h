// What any detector tells, in one shape: who, what was seen, how grave it is, where it stands in
// the logs. Its words are keys of the message catalogue with named values; this room does not know
// the catalogue.
#pragma once

#include "core/base/archive.h"
#include "core/base/result.h"
#include "watch/detect/sigma/rule.h"
#include "watch/event/event.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shoji::incident {

using sigma::Level;
constexpr std::size_t levels = 5;

// `analysis` tells what the detectors had to leave out, `sensor` what the hub says of sensors
// themselves.
enum class Detector : std::uint8_t { sigma, intrusion, exfiltration, beacon, analysis, sensor };
constexpr std::size_t detectors = 6;
std::string_view name_of(Detector detector);

// A place in the logs: the file (or channel), and the number of the record there.
struct Evidence {
    std::string file;
    std::uint64_t record = 0;

    bool operator==(const Evidence&) const = default;
    template <class Archive>
    void transfer(Archive& archive) {
        archive(file, record);
    }
};

struct NamedValue {
    std::string name;
    std::string value;

    bool operator==(const NamedValue&) const = default;
    template <class Archive>
    void transfer(Archive& archive) {
        archive(name, value);
    }
};

struct Alert {
    static constexpr std::size_t most_values = 12;
    static constexpr std::size_t most_value = 200;
    static constexpr std::size_t most_techniques = 8;
    static constexpr std::size_t most_evidence = 4;
    static constexpr std::size_t most_linked = 16;
    static constexpr std::size_t most_rule = 96;

    event::Time time = 0;
    std::string host;
    std::string user;     // as the log has it; empty: it did not say
    std::string process;  // path of the program
    std::uint64_t process_id = 0;
    std::string peer;  // address, host or domain at the other end
    std::string file;  // path that it is about
    // Hosts of the city that this alert ties to `host`, such as the source of a lateral movement:
    // whatever happens there belongs to the same incident.
    std::vector<std::string> linked;

    Detector detector = Detector::sigma;
    std::string rule;                // what suppressions name: a rule's id, a detection's name
    std::string what;                // key of the catalogue
    std::string baseline;            // key: what it was held against; may be empty
    std::vector<NamedValue> values;  // the first is what it is about, where there is such a thing
    Level level = Level::medium;
    std::vector<std::string> techniques;  // of MITRE ATT&CK, as T1059.001
    std::vector<Evidence> evidence;

    // Cut to the limits above and in names.h.
    [[nodiscard]] Alert bounded() const;
    // Bytes of its texts and lists.
    [[nodiscard]] std::size_t weight() const;
    // One of the enumerations' values.
    [[nodiscard]] bool sound() const;

    template <class Archive>
    void transfer(Archive& archive) {
        archive(time, host, user, process, process_id, peer, file, detector, rule, what, baseline,
                level);
        archive.list(linked, most_linked);
        archive.list(values, most_values);
        archive.list(techniques, most_techniques);
        archive.list(evidence, most_evidence);
    }
};

// As one record on its way to the hub, and back; what is read is bounded().
constexpr std::size_t most_alert_bytes = 65536;
std::vector<std::uint8_t> to_bytes(const Alert& alert);
base::Result<Alert> alert_from(std::span<const std::uint8_t> bytes);

// "attack.t1059.001" is T1059.001; other tags are nothing.
std::string technique_of(std::string_view tag);

}  // namespace shoji::incident
