#include "core/store/refusals.h"

#include "core/store/guarded.h"

#include <limits>
#include <set>

namespace shoji::store {
namespace {

void upsert(SQLite::Database& connection, const Refusal& refusal) {
    SQLite::Statement statement(
        connection,
        "INSERT INTO refused (destination, host, port, scheme, reason, times, last) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "times = min(times + excluded.times, 9000000000000000), last = excluded.last");
    statement.bind(1, refusal.destination);
    statement.bind(2, refusal.host);
    statement.bind(3, int{refusal.port});
    statement.bind(4, int{refusal.scheme});
    statement.bind(5, int{refusal.reason});
    const auto times =
        std::min(refusal.times, std::uint64_t{std::numeric_limits<std::uint32_t>::max()});
    statement.bind(6, static_cast<std::int64_t>(times));
    statement.bind(7, refusal.last);
    statement.exec();
}

void trim(SQLite::Database& connection, const std::string& destination, int rows) {
    SQLite::Statement statement(
        connection,
        "DELETE FROM refused WHERE destination = ?1 AND (host, port, scheme, reason) IN "
        "(SELECT host, port, scheme, reason FROM refused WHERE destination = ?1 "
        "ORDER BY last DESC, times DESC, host LIMIT -1 OFFSET ?2)");
    statement.bind(1, destination);
    statement.bind(2, rows);
    statement.exec();
}

}  // namespace

base::Result<void> Refusals::add(const std::vector<Refusal>& refusals) {
    return guarded(database_, "storing refusals", [&](SQLite::Database& connection) {
        SQLite::Transaction transaction(connection);
        std::set<std::string> destinations;
        for (const auto& refusal : refusals) {
            upsert(connection, refusal);
            destinations.insert(refusal.destination);
        }
        for (const auto& destination : destinations) trim(connection, destination, maximum_rows);
        transaction.commit();
    });
}

base::Result<std::vector<Refusal>> Refusals::list(const std::optional<std::string>& destination) {
    return guarded(
        database_, "listing refusals",
        [&](SQLite::Database& connection) -> base::Result<std::vector<Refusal>> {
            SQLite::Statement select(
                connection,
                "SELECT destination, host, port, scheme, reason, times, last FROM refused "
                "WHERE ?1 IS NULL OR destination = ?1 ORDER BY last DESC, destination, host, port");
            if (destination) select.bind(1, *destination);
            std::vector<Refusal> refusals;
            while (select.executeStep()) {
                refusals.push_back({select.getColumn(0).getString(),
                                    select.getColumn(1).getString(),
                                    static_cast<std::uint16_t>(select.getColumn(2).getInt()),
                                    static_cast<std::uint8_t>(select.getColumn(3).getInt()),
                                    static_cast<std::uint8_t>(select.getColumn(4).getInt()),
                                    static_cast<std::uint64_t>(select.getColumn(5).getInt64()),
                                    select.getColumn(6).getInt64()});
            }
            return refusals;
        });
}

}  // namespace shoji::store
