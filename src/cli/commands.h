// What `shoji` does, a function a command; command_line.h reads the words. Each says what it did
// and gives the exit code.
#pragma once

#include "cli/installation.h"
#include "cli/terminal_output.h"
#include "core/policy/policy.h"
#include "watch/detect/sigma/rule.h"
#include "watch/hunt/rule_set.h"
#include "watch/response/request.h"

#include <filesystem>
#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace shoji::cli {

struct Context {
    TerminalOutput& output;
    std::istream& input;  // where a question is answered
    std::filesystem::path state;
    std::filesystem::path cache;    // empty: none
    bool shows_progress = false;    // somebody watches the error stream
    std::filesystem::path lists{};  // the folder of installed lists (docs/detection/analysis.md)
};

Exit run_init(const Context& context, InitRequest request);
Exit run_status(const Context& context);

Exit run_user_add(const Context& context, const std::string& name, const std::string& role);
Exit run_user_list(const Context& context);
Exit run_user_remove(const Context& context, const std::string& name);
Exit run_user_reset(const Context& context, const std::string& name);
Exit run_user_unlock(const Context& context, const std::string& name);

// Makes the terminal's key and certificate, registers it, and writes `file` (mode 0600).
Exit run_terminal_enrol(const Context& context, const std::string& name, const std::string& zone,
                        const std::filesystem::path& file, int days);
Exit run_terminal_list(const Context& context);
Exit run_terminal_revoke(const Context& context, const std::string& name);

Exit run_session_list(const Context& context);
Exit run_session_kill(const Context& context, const std::string& id);
Exit run_refused(const Context& context, const std::string& destination);

// Changes of the configuration, each shown as a plan; confirmed unless `yes`.
Exit run_apply(const Context& context, const std::filesystem::path& file, bool yes);
Exit run_add(const Context& context, const policy::Zone& zone);
Exit run_add(const Context& context, const policy::Role& role);
Exit run_add(const Context& context, const policy::Destination& destination);
Exit run_add(const Context& context, const policy::Route& route);
enum class Kind { zone, role, destination, route };
Exit run_list(const Context& context, Kind kind);
Exit run_remove(const Context& context, Kind kind, const std::string& id);

// Against `checkpoint`, or, where that is empty, against the newest that the writer left; `key` is
// a copy of the public key, or empty for the installation's own.
Exit run_audit_verify(const Context& context, const std::filesystem::path& checkpoint,
                      const std::filesystem::path& key);
Exit run_audit_export(const Context& context);
Exit run_audit_checkpoint(const Context& context);

// Whether each Sigma rule, correlation rule and filter compiles.
Exit run_rules_check(const Context& context, const hunt::RuleRequest& request);

// The analysis beyond rules (docs/detection/analysis.md). Empty paths: what is installed, or none.
struct AnalysisRequest {
    std::filesystem::path settings;
    std::filesystem::path suppressions;
    std::filesystem::path destinations;
    std::filesystem::path intrusion_lists;
    std::filesystem::path young_domains;
    std::filesystem::path known_domains;
    std::filesystem::path state;  // what was learnt and gathered before, and will be again

    bool operator==(const AnalysisRequest&) const = default;
};

struct HuntRequest {
    hunt::RuleRequest rules;
    std::vector<std::filesystem::path> logs;
    sigma::Level least = sigma::Level::informational;
    bool no_cache = false;           // compile the rules anew, and keep nothing
    std::string since;               // as event::parse_time takes it; empty: all
    std::string time_zone;           // of times without an offset, and of those that are shown
    std::string source;              // of events that have none: "product=aws,service=cloudtrail"
    int threads = 0;                 // 0: one a processor
    std::filesystem::path csv;       // empty: none
    std::filesystem::path html;      // empty: none
    std::string profile;             // which columns (profile.h); empty: the usual ones
    std::filesystem::path profiles;  // a file with profiles of one's own; empty: none
    bool ocsf = false;               // hits and incidents as OCSF's findings, one a line
    bool incidents = false;          // the analysis looks at the logs as well
    std::uint64_t incident = 0;      // only the page of this one; 0: the timeline
    AnalysisRequest analysis;

    [[nodiscard]] bool analyses() const {
        return incidents || incident > 0 || analysis != AnalysisRequest{};
    }
};
// What the rules find in the logs.
Exit run_hunt(const Context& context, const HuntRequest& request);

struct EventsRequest {
    std::vector<std::filesystem::path> logs;
    std::string host;            // of which the hub has events; empty: of logs
    std::string since;           // as event::parse_time takes it
    std::string guid;            // a ProcessGuid; empty: of all processes
    std::uint64_t most = 0;      // 0: all
    std::string form = "sigma";  // "sigma": as rules see them; "ocsf"
    std::string time_zone;       // of times without an offset
    std::string source;          // of events that have none
};
// The events of logs, one object of JSON a line.
Exit run_events(const Context& context, const EventsRequest& request);
// What a host's sensor has delivered to the hub.
Exit run_host_events(const Context& context, const EventsRequest& request);

// Who answers for something that goes out of people's sight, and why.
struct Answerable {
    std::string by;
    std::string reason;
};
// At the hub: an incident is dealt with; what it is not to tell.
Exit run_incident_close(const Context& context, std::uint64_t number, const Answerable& answerable);
Exit run_suppressions_list(const Context& context);
Exit run_suppressions_set(const Context& context, const std::filesystem::path& file,
                          const Answerable& answerable);

// The incidents that a hunt has left in its state file.
Exit run_incidents(const Context& context, const AnalysisRequest& request);
Exit run_incident(const Context& context, std::uint64_t number, const AnalysisRequest& request);
struct RespondRequest {
    std::filesystem::path runtime;  // the folder of the sensor's sockets
    response::Action action;
    std::string sha256;      // 64 hexadecimal digits; empty: none
    std::uint64_t size = 0;  // bytes; 0: not known
    std::string reason;
    std::string by;
    bool dry_run = false;
    bool alone = false;  // kill: the process without what descends from it
    bool yes = false;    // what could cut work off is done without asking
};
// What could cut work off, isolating and blocking, is shown first and done once it is confirmed.
// Each says what was done, or would be, and how it is undone.
Exit run_respond(const Context& context, const RespondRequest& request);
Exit run_respond_decide(const Context& context, const std::filesystem::path& runtime,
                        const std::string& id, const std::string& by, bool approved);
// `file` holds a signed order.
Exit run_respond_order(const Context& context, const std::filesystem::path& runtime,
                       const std::filesystem::path& file);
Exit run_respond_status(const Context& context, const std::filesystem::path& runtime);
// Needs nothing but the archive and the public key that the sensor wrote.
Exit run_respond_verify(const Context& context, const std::filesystem::path& archive,
                        const std::filesystem::path& key);

// Signed orders (docs/response.md). A private key is in a file that its owner alone may read.
struct OrderRequest {
    RespondRequest response;
    std::string host;
    std::filesystem::path file;  // must not be there yet
    std::filesystem::path key;
    int hours = 24;  // 1 to 168: until it expires
};
Exit run_order_key(const Context& context, const std::filesystem::path& file);
Exit run_order_make(const Context& context, const OrderRequest& request);
// A second person's signature.
Exit run_order_sign(const Context& context, const std::filesystem::path& file,
                    const std::filesystem::path& key);
// 1 when a signature does not hold.
Exit run_order_show(const Context& context, const std::filesystem::path& file);
// To the hub, which sends it to its host.
Exit run_order_send(const Context& context, const std::filesystem::path& file);
Exit run_order_list(const Context& context);
Exit run_order_withdraw(const Context& context, std::uint64_t number);

// Makes a sensor's key and certificate, registers it at the hub, and writes the bundle `file` (mode
// 0600).
Exit run_sensor_enrol(const Context& context, const std::string& name,
                      const std::filesystem::path& file, int days);
Exit run_sensor_list(const Context& context);
Exit run_sensor_revoke(const Context& context, const std::string& name);
// The sensor of this machine; `runtime` is the folder of its sockets. 1 when a part does not run, a
// family is not seen, or the hub takes nothing.
Exit run_sensor_status(const Context& context, const std::filesystem::path& runtime);
// Until it is ended, or `most` were shown (0: no end).
Exit run_sensor_tail(const Context& context, const std::filesystem::path& runtime,
                     std::uint64_t most);
Exit run_sensor_tree(const Context& context, const std::filesystem::path& runtime,
                     std::uint32_t process);
// 1 when the hub stores nothing now.
Exit run_hub_status(const Context& context);

struct AlertRequest {
    std::string since;  // as event::parse_time takes it; empty: all
    std::string host;   // empty: all
    sigma::Level least = sigma::Level::informational;
    bool follow = false;  // shows further ones as they come, until it is ended
};
// The newest alerts that the hub has, the oldest of them first.
Exit run_alerts(const Context& context, const AlertRequest& request);
// Open incidents of the hub, the highest risk first; one of them as a page.
Exit run_hub_incidents(const Context& context);
Exit run_hub_incident(const Context& context, std::uint64_t number);

}  // namespace shoji::cli
