#include "hub/sensors.h"

#include "core/store/guarded.h"

#include <algorithm>

namespace shoji::hub {
namespace {

using base::ErrorKind;
using store::bind_bytes;
using store::guarded;

Sensor read(SQLite::Statement& row) {
    Sensor sensor;
    sensor.id = row.getColumn(0).getInt64();
    sensor.name = row.getColumn(1).getString();
    sensor.fingerprint = store::array_of<store::Digest>(row.getColumn(2));
    sensor.expires = row.getColumn(3).getInt64();
    sensor.added = row.getColumn(4).getInt64();
    sensor.revoked = row.getColumn(5).getInt64();
    sensor.seen = row.getColumn(6).getInt64();
    sensor.program = row.getColumn(7).getString();
    sensor.spool = store::array_of<line::SpoolId>(row.getColumn(8));
    sensor.boot = store::array_of<line::SpoolId>(row.getColumn(9));
    sensor.start = store::array_of<line::SpoolId>(row.getColumn(10));
    for (std::size_t i = 0; i < sensor.last.size(); ++i) {
        const auto last = row.getColumn(static_cast<int>(11 + i)).getInt64();
        sensor.last.at(i) = static_cast<std::uint64_t>(last);
    }
    sensor.lost = static_cast<std::uint64_t>(row.getColumn(14).getInt64());
    sensor.overrun = static_cast<std::uint64_t>(row.getColumn(15).getInt64());
    sensor.refused = static_cast<std::uint64_t>(row.getColumn(16).getInt64());
    return sensor;
}

}  // namespace

base::Result<Sensor> Sensors::add(const std::string& name, const store::Digest& fingerprint,
                                  store::Seconds expires, store::Seconds now) {
    using Answer = base::Result<Sensor>;
    return guarded(database_, "adding a sensor", [&](SQLite::Database& connection) -> Answer {
        SQLite::Statement known(connection, "SELECT 1 FROM sensor WHERE name = ? AND revoked = 0");
        known.bind(1, name);
        if (known.executeStep()) {
            return base::worded(
                base::fail(ErrorKind::exists, "the sensor '{}' is enrolled already", name),
                "admin.sensor_exists", {{"name", name}});
        }
        SQLite::Statement insert(
            connection,
            "INSERT INTO sensor (name, fingerprint, expires, added) VALUES (?, ?, ?, ?)");
        insert.bind(1, name);
        bind_bytes(insert, 2, fingerprint);
        insert.bind(3, expires);
        insert.bind(4, now);
        insert.exec();
        Sensor sensor;
        sensor.id = connection.getLastInsertRowid();
        sensor.name = name;
        sensor.fingerprint = fingerprint;
        sensor.expires = expires;
        sensor.added = now;
        return sensor;
    });
}

base::Result<void> Sensors::revoke(const std::string& name, store::Seconds now) {
    using Answer = base::Result<void>;
    return guarded(database_, "revoking a sensor", [&](SQLite::Database& connection) -> Answer {
        SQLite::Statement update(connection,
                                 "UPDATE sensor SET revoked = ? WHERE name = ? AND revoked = 0");
        update.bind(1, now);
        update.bind(2, name);
        if (update.exec() == 1) return {};
        return base::worded(base::fail(ErrorKind::not_found, "there is no sensor '{}'", name),
                            "admin.no_sensor", {{"name", name}});
    });
}

base::Result<std::vector<Sensor>> Sensors::list() {
    using Answer = base::Result<std::vector<Sensor>>;
    return guarded(database_, "listing sensors", [&](SQLite::Database& connection) -> Answer {
        SQLite::Statement rows(connection,
                               "SELECT id, name, fingerprint, expires, added, revoked, seen, "
                               "program, spool, boot, start, last_alert, last_notice, last_event, "
                               "lost, overrun, refused FROM sensor ORDER BY name, id");
        std::vector<Sensor> sensors;
        while (rows.executeStep()) sensors.push_back(read(rows));
        return sensors;
    });
}

void Sensors::save(SQLite::Database& connection, const Sensor& sensor) {
    SQLite::Statement update(
        connection,
        "UPDATE sensor SET seen = ?, program = ?, spool = ?, boot = ?, start = ?, "
        "last_alert = ?, last_notice = ?, last_event = ?, lost = ?, overrun = ?, "
        "refused = ? WHERE id = ?");
    update.bind(1, sensor.seen);
    update.bind(2, sensor.program);
    bind_bytes(update, 3, sensor.spool);
    bind_bytes(update, 4, sensor.boot);
    bind_bytes(update, 5, sensor.start);
    for (std::size_t i = 0; i < sensor.last.size(); ++i) {
        update.bind(static_cast<int>(6 + i), static_cast<std::int64_t>(sensor.last.at(i)));
    }
    update.bind(9, static_cast<std::int64_t>(sensor.lost));
    // Whatever a sensor counts, a column holds.
    constexpr std::uint64_t most = INT64_MAX;
    update.bind(10, static_cast<std::int64_t>(std::min(sensor.overrun, most)));
    update.bind(11, static_cast<std::int64_t>(std::min(sensor.refused, most)));
    update.bind(12, sensor.id);
    update.exec();
}

}  // namespace shoji::hub
