// What administrators may ask the hub at its admin socket: one JSON object a line each way, as at
// the gateway's. "command" says what; docs/cli.md lists what `shoji` makes of it.
#pragma once

#include "core/base/settings.h"
#include "core/journal/client.h"
#include "hub/collector.h"

#include <algorithm>
#include <string>

#include <boost/json/object.hpp>

namespace shoji::hub {

// Bytes of a line: an order or a list of suppressions with two digits a byte, and what is around.
inline constexpr std::size_t most_suppressions = std::size_t{128} << 10U;  // bytes
inline constexpr std::size_t maximum_request =
    2 * std::max(line::maximum_order, most_suppressions) + 4096;

// What a line asks, checked. Pure.
struct Request {
    enum class Command {
        status,
        sensor_add,
        sensor_list,
        sensor_revoke,
        alerts,
        incidents,
        incident,
        order_add,
        order_list,
        order_withdraw,
        incident_close,
        suppressions,
        suppressions_set,
        events
    };
    Command command = Command::status;
    std::string name;             // of a sensor, or of the host that an order is for
    store::Digest fingerprint{};  // sensor.add
    store::Seconds expires = 0;   // sensor.add
    AlertQuery query;             // alerts
    std::uint64_t number = 0;     // incident, incident.close, order.withdraw
    std::string by;               // incident.close, suppressions.set: a person's name
    std::string reason;           // the same
    std::string text;             // suppressions.set: TOML, at most most_suppressions bytes
    store::RowId after = 0;       // events
    OrderId order_id{};           // order.add
    store::Bytes order;           // order.add; at most line::maximum_order bytes
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
    Answer close_incident(const Request& request, const std::string& who);
    Answer list_suppressions();
    Answer set_suppressions(const Request& request, const std::string& who, const Moment& now);
    Answer events(const Request& request);
    Answer add_order(const Request& request, const std::string& who, const Moment& now);
    Answer list_orders();
    Answer withdraw_order(std::uint64_t number, const std::string& who, const Moment& now);
    void note(const std::string& who, const std::string& what);
    base::Result<void> record(const journal::Record& record);

    Collector& collector_;
    journal::Client journal_;
};

}  // namespace shoji::hub
