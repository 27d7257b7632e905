#include "hub/records.h"

#include "core/store/guarded.h"

#include <algorithm>

namespace shoji::hub {
namespace {

using store::bind_bytes;
using store::guarded;

constexpr int sweep_step = 500;  // rows

StoredAlert read(SQLite::Statement& row) {
    StoredAlert stored;
    stored.id = row.getColumn(0).getInt64();
    stored.sensor = row.getColumn(1).getInt64();
    stored.sequence = static_cast<std::uint64_t>(row.getColumn(2).getInt64());
    stored.received = row.getColumn(3).getInt64();
    const auto bytes = store::bytes_of(row.getColumn(4));
    if (auto alert = incident::alert_from(bytes)) stored.alert = std::move(*alert);
    return stored;
}

std::map<store::RowId, std::uint64_t> bytes_by_sensor(SQLite::Database& connection,
                                                      const std::string& table) {
    std::map<store::RowId, std::uint64_t> bytes;
    SQLite::Statement rows(connection, "SELECT sensor, sum(length(body)) FROM " + table +
                                           " WHERE sensor IS NOT NULL GROUP BY sensor");
    while (rows.executeStep()) {
        bytes[rows.getColumn(0).getInt64()] =
            static_cast<std::uint64_t>(rows.getColumn(1).getInt64());
    }
    return bytes;
}

std::uint64_t drop_old_batches(SQLite::Database& connection, store::Seconds from) {
    // Up to the first that is young enough: clocks may have jumped between them.
    SQLite::Statement drop(connection,
                           "DELETE FROM batch WHERE id IN (SELECT id FROM batch WHERE id < "
                           "coalesce((SELECT min(id) FROM batch WHERE received >= ?1), "
                           "9223372036854775807) ORDER BY id LIMIT ?2)");
    drop.bind(1, from);
    drop.bind(2, sweep_step);
    return static_cast<std::uint64_t>(drop.exec());
}

std::uint64_t drop_batches_beyond(SQLite::Database& connection, std::uint64_t most_bytes) {
    auto bytes = bytes_by_sensor(connection, "batch");
    std::uint64_t all = 0;
    for (const auto& [sensor, own] : bytes) all += own;
    std::uint64_t dropped = 0;
    while (all > most_bytes && dropped < sweep_step) {
        const auto most =
            std::ranges::max_element(bytes, {}, [](const auto& entry) { return entry.second; });
        SQLite::Statement oldest(connection,
                                 "DELETE FROM batch WHERE id = (SELECT min(id) FROM batch WHERE "
                                 "sensor = ?) RETURNING length(body)");
        oldest.bind(1, most->first);
        if (!oldest.executeStep()) break;
        const auto size = static_cast<std::uint64_t>(oldest.getColumn(0).getInt64());
        all -= std::min(all, size);
        most->second -= std::min(most->second, size);
        ++dropped;
    }
    return dropped;
}

constexpr const char* newest_alerts =
    "SELECT * FROM (SELECT id, sensor, sequence, received, body FROM alert WHERE received >= ?2 "
    "AND (?3 = '' OR host = ?3) AND level >= ?4 ORDER BY id DESC LIMIT ?5) ORDER BY id";
constexpr const char* next_alerts =
    "SELECT id, sensor, sequence, received, body FROM alert WHERE id > ?1 AND received >= ?2 "
    "AND (?3 = '' OR host = ?3) AND level >= ?4 ORDER BY id LIMIT ?5";

}  // namespace

store::RowId Records::insert(SQLite::Database& connection, const StoredAlert& stored) {
    SQLite::Statement insert(connection,
                             "INSERT INTO alert (sensor, sequence, time, received, host, level, "
                             "body) VALUES (?, ?, ?, ?, ?, ?, ?)");
    if (stored.sensor != 0) {
        insert.bind(1, stored.sensor);
        insert.bind(2, static_cast<std::int64_t>(stored.sequence));
    }
    insert.bind(3, stored.alert.time);
    insert.bind(4, stored.received);
    insert.bind(5, stored.alert.host);
    insert.bind(6, static_cast<int>(stored.alert.level));
    bind_bytes(insert, 7, incident::to_bytes(stored.alert));
    insert.exec();
    return connection.getLastInsertRowid();
}

void Records::insert(SQLite::Database& connection, store::RowId sensor, const line::Batch& batch,
                     store::Seconds received) {
    SQLite::Statement insert(connection,
                             "INSERT INTO batch (sensor, class, first, count, received, packed, "
                             "size, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, sensor);
    insert.bind(2, static_cast<int>(batch.kind));
    insert.bind(3, static_cast<std::int64_t>(batch.first));
    insert.bind(4, static_cast<std::int64_t>(batch.count));
    insert.bind(5, received);
    insert.bind(6, batch.packed ? 1 : 0);
    insert.bind(7, static_cast<std::int64_t>(batch.size));
    bind_bytes(insert, 8, batch.body);
    insert.exec();
}

base::Result<std::vector<StoredAlert>> Records::alerts(const AlertQuery& query) {
    using Answer = base::Result<std::vector<StoredAlert>>;
    return guarded(database_, "reading alerts", [&](SQLite::Database& connection) -> Answer {
        SQLite::Statement rows(connection, query.after ? next_alerts : newest_alerts);
        if (query.after) rows.bind(1, *query.after);
        rows.bind(2, query.since);
        rows.bind(3, query.host);
        rows.bind(4, static_cast<int>(query.least));
        rows.bind(5, static_cast<std::int64_t>(query.most));
        std::vector<StoredAlert> alerts;
        while (rows.executeStep()) alerts.push_back(read(rows));
        return alerts;
    });
}

base::Result<void> Records::alerts_behind(store::RowId id, const EachAlert& each) {
    return guarded(database_, "reading alerts", [&](SQLite::Database& connection) {
        SQLite::Statement rows(connection,
                               "SELECT id, sensor, sequence, received, body FROM alert WHERE "
                               "id > ? ORDER BY id");
        rows.bind(1, id);
        while (rows.executeStep()) each(read(rows));
    });
}

base::Result<Records::Incidents> Records::incidents() {
    using Answer = base::Result<Incidents>;
    return guarded(database_, "reading incidents", [&](SQLite::Database& connection) -> Answer {
        SQLite::Statement row(connection, "SELECT through, state FROM incidents");
        if (!row.executeStep()) return Incidents{};
        return Incidents{row.getColumn(0).getInt64(), store::bytes_of(row.getColumn(1))};
    });
}

base::Result<void> Records::save(const Incidents& incidents) {
    return guarded(database_, "saving incidents", [&](SQLite::Database& connection) {
        SQLite::Statement row(connection,
                              "INSERT OR REPLACE INTO incidents (only, through, state) "
                              "VALUES (1, ?, ?)");
        row.bind(1, incidents.through);
        bind_bytes(row, 2, incidents.state);
        row.exec();
    });
}

base::Result<std::map<store::RowId, std::uint64_t>> Records::alert_bytes() {
    using Answer = base::Result<std::map<store::RowId, std::uint64_t>>;
    return guarded(database_, "measuring alerts", [&](SQLite::Database& connection) -> Answer {
        return bytes_by_sensor(connection, "alert");
    });
}

base::Result<std::uint64_t> Records::batch_bytes() {
    using Answer = base::Result<std::uint64_t>;
    return guarded(database_, "measuring events", [&](SQLite::Database& connection) -> Answer {
        const auto sum =
            connection.execAndGet("SELECT coalesce(sum(length(body)), 0) FROM batch").getInt64();
        return static_cast<std::uint64_t>(sum);
    });
}

base::Result<Records::Swept> Records::sweep(const Limits& limits) {
    using Answer = base::Result<Swept>;
    return guarded(database_, "making room", [&](SQLite::Database& connection) -> Answer {
        Swept swept;
        SQLite::Transaction transaction(connection);
        swept.batches = drop_old_batches(connection, limits.events_from);
        swept.batches += drop_batches_beyond(connection, limits.event_bytes);
        SQLite::Statement alerts(connection,
                                 "DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE "
                                 "received < ? LIMIT ?)");
        alerts.bind(1, limits.alerts_from);
        alerts.bind(2, sweep_step);
        swept.alerts = static_cast<std::uint64_t>(alerts.exec());
        transaction.commit();
        swept.more = swept.batches >= sweep_step || swept.alerts == sweep_step;
        return swept;
    });
}

}  // namespace shoji::hub
