// What administrators read of the hub's records, and what they set.
#include "core/store/guarded.h"
#include "hub/records.h"

namespace shoji::hub {

using store::guarded;

base::Result<Records::SuppressionText> Records::suppressions() {
    using Answer = base::Result<SuppressionText>;
    return guarded(database_, "reading suppressions", [&](SQLite::Database& connection) -> Answer {
        SQLite::Statement row(connection, "SELECT changed, who, body FROM suppressions");
        if (!row.executeStep()) return SuppressionText{};
        return SuppressionText{row.getColumn(0).getInt64(), row.getColumn(1).getString(),
                               row.getColumn(2).getString()};
    });
}

base::Result<void> Records::save(const SuppressionText& suppressions) {
    return guarded(database_, "saving suppressions", [&](SQLite::Database& connection) {
        SQLite::Statement row(connection,
                              "INSERT OR REPLACE INTO suppressions (only, changed, who, body) "
                              "VALUES (1, ?, ?, ?)");
        row.bind(1, suppressions.changed);
        row.bind(2, suppressions.who);
        row.bind(3, suppressions.text);
        row.exec();
    });
}

base::Result<Records::BatchPage> Records::events(store::RowId sensor, store::RowId after,
                                                 store::Seconds since, std::size_t most_bytes) {
    using Answer = base::Result<BatchPage>;
    return guarded(database_, "reading events", [&](SQLite::Database& connection) -> Answer {
        SQLite::Statement rows(connection,
                               "SELECT id, received, first, count, packed, size, body FROM batch "
                               "WHERE sensor = ? AND class = ? AND id > ? AND received >= ? "
                               "ORDER BY id");
        rows.bind(1, sensor);
        rows.bind(2, static_cast<int>(line::Class::event));
        rows.bind(3, after);
        rows.bind(4, since);
        BatchPage page;
        std::size_t bytes = 0;
        while (rows.executeStep()) {
            bytes += static_cast<std::size_t>(rows.getColumn(6).getBytes());
            if (bytes > most_bytes && !page.rows.empty()) {
                page.more = true;
                break;
            }
            BatchPage::Row row;
            row.id = rows.getColumn(0).getInt64();
            row.received = rows.getColumn(1).getInt64();
            row.batch.first = static_cast<std::uint64_t>(rows.getColumn(2).getInt64());
            row.batch.count = static_cast<std::uint32_t>(rows.getColumn(3).getInt64());
            row.batch.packed = rows.getColumn(4).getInt() != 0;
            row.batch.size = static_cast<std::uint32_t>(rows.getColumn(5).getInt64());
            row.batch.body = store::bytes_of(rows.getColumn(6));
            page.rows.push_back(std::move(row));
        }
        return page;
    });
}

}  // namespace shoji::hub
