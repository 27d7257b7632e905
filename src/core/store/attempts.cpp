#include "core/store/attempts.h"

#include "core/store/guarded.h"

namespace shoji::store {

base::Result<Attempts> AttemptTable::of(std::string_view name) {
    return guarded(
        database_, "looking up failed sign-ins",
        [&](SQLite::Database& connection) -> base::Result<Attempts> {
            SQLite::Statement select(connection,
                                     "SELECT failures, last FROM attempt WHERE name = ?");
            bind_bytes(select, 1, mark(name));
            if (!select.executeStep()) return Attempts{};
            return Attempts{select.getColumn(0).getInt64(), select.getColumn(1).getInt64()};
        });
}

base::Result<void> AttemptTable::count_failure(std::string_view name, Seconds now) {
    return guarded(database_, "counting a failed sign-in", [&](SQLite::Database& connection) {
        SQLite::Transaction transaction(connection);
        SQLite::Statement upsert(connection,
                                 "INSERT INTO attempt (name, failures, last) VALUES (?, 1, ?) "
                                 "ON CONFLICT (name) DO UPDATE SET failures = failures + 1, "
                                 "last = excluded.last");
        bind_bytes(upsert, 1, mark(name));
        upsert.bind(2, now);
        upsert.exec();
        SQLite::Statement trim(connection,
                               "DELETE FROM attempt WHERE name IN (SELECT name FROM attempt "
                               "ORDER BY last DESC, name LIMIT -1 OFFSET ?)");
        trim.bind(1, maximum_rows);
        trim.exec();
        transaction.commit();
    });
}

base::Result<bool> AttemptTable::forget(std::string_view name) {
    return guarded(database_, "forgetting failed sign-ins",
                   [&](SQLite::Database& connection) -> base::Result<bool> {
                       SQLite::Statement remove(connection, "DELETE FROM attempt WHERE name = ?");
                       bind_bytes(remove, 1, mark(name));
                       return remove.exec() > 0;
                   });
}

}  // namespace shoji::store
