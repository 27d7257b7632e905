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

base::Result<std::uint64_t> Records::batch_bytes() {
    using Answer = base::Result<std::uint64_t>;
    return guarded(database_, "measuring events", [&](SQLite::Database& connection) -> Answer {
        const auto sum =
            connection.execAndGet("SELECT coalesce(sum(length(body)), 0) FROM batch").getInt64();
        return static_cast<std::uint64_t>(sum);
    });
}

base::Result<Records::Swept> Records::sweep(const Limits& limits) {
    const auto bytes = batch_bytes();
    if (!bytes) return base::Failure(bytes.error());
    using Answer = base::Result<Swept>;
    return guarded(database_, "making room", [&](SQLite::Database& connection) -> Answer {
        Swept swept;
        SQLite::Transaction transaction(connection);
        // Of the oldest batches: as many as are too old, and as must go to fit the bytes.
        SQLite::Statement oldest(connection,
                                 "SELECT id, received, length(body) FROM batch ORDER BY id "
                                 "LIMIT ?");
        oldest.bind(1, sweep_step);
        std::uint64_t left = *bytes;
        store::RowId last = 0;
        while (oldest.executeStep()) {
            const bool too_old = oldest.getColumn(1).getInt64() < limits.events_from;
            if (!too_old && left <= limits.event_bytes) break;
            last = oldest.getColumn(0).getInt64();
            left -= std::min(left, static_cast<std::uint64_t>(oldest.getColumn(2).getInt64()));
            ++swept.batches;
        }
        oldest.reset();
        SQLite::Statement drop(connection, "DELETE FROM batch WHERE id <= ?");
        drop.bind(1, last);
        drop.exec();
        SQLite::Statement alerts(connection,
                                 "DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE "
                                 "received < ? LIMIT ?)");
        alerts.bind(1, limits.alerts_from);
        alerts.bind(2, sweep_step);
        swept.alerts = static_cast<std::uint64_t>(alerts.exec());
        transaction.commit();
        swept.more = swept.batches == sweep_step || swept.alerts == sweep_step;
        return swept;
    });
}

}  // namespace shoji::hub
