// What administrators may ask the hub at its admin socket: one JSON object a line each way, as at
// the gateway's. "command" says what; docs/cli.md lists what `shoji` makes of it.
#pragma once

#include "core/base/settings.h"
#include "core/journal/client.h"
#include "hub/collector.h"

#include <string>

#include <boost/json/object.hpp>

namespace shoji::hub {

inline constexpr std::size_t maximum_request = 65536;  // bytes of a line

// What a line asks, checked. Pure.
struct Request {
    enum class Command {
        status,
        sensor_add,
        sensor_list,
        sensor_revoke,
        alerts,
        incidents,
        incident
    };
    Command command = Command::status;
    std::string name;             // of a sensor
    store::Digest fingerprint{};  // sensor.add
    store::Seconds expires = 0;   // sensor.add
    AlertQuery query;             // alerts
    std::uint64_t number = 0;     // incident
};
base::Result<Request> parse_request(std::string_view line);

class Admin {
  public:
    Admin(Collector& collector, const base::Settings& settings);

    // The journal learns that the hub runs; that it cannot is logged.
    void record_start();
    // The answer's line. `who`: of the socket's peer, for the journal.
    std::string answer(const std::string& line, const std::string& who, const Moment& now);

  private:
    using Answer = base::Result<boost::json::value>;

    Answer carry_out(const Request& request, const std::string& who, const Moment& now);
    Answer add_sensor(const Request& request, const std::string& who, const Moment& now);
    Answer revoke_sensor(const Request& request, const std::string& who, const Moment& now);
    [[nodiscard]] boost::json::value status() const;
    [[nodiscard]] boost::json::value list_sensors() const;
    Answer alerts(const AlertQuery& query);
    [[nodiscard]] boost::json::value list_incidents() const;
    [[nodiscard]] Answer show_incident(std::uint64_t number) const;
    base::Result<void> record(const journal::Record& record);

    Collector& collector_;
    journal::Client journal_;
};

}  // namespace shoji::hub
