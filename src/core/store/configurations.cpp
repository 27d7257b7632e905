#include "core/store/configurations.h"

#include "core/store/guarded.h"

namespace shoji::store {
namespace {

StoredConfiguration read(SQLite::Database& connection) {
    SQLite::Statement select(connection, "SELECT revision, document FROM configuration");
    if (!select.executeStep()) return {};
    return {select.getColumn(0).getInt64(), select.getColumn(1).getString()};
}

}  // namespace

base::Result<StoredConfiguration> Configurations::current() {
    return guarded(database_, "reading the configuration",
                   [&](SQLite::Database& connection) -> base::Result<StoredConfiguration> {
                       return read(connection);
                   });
}

base::Result<std::int64_t> Configurations::replace(std::int64_t revision,
                                                   const std::string& document) {
    return guarded(
        database_, "storing the configuration",
        [&](SQLite::Database& connection) -> base::Result<std::int64_t> {
            SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
            const auto present = read(connection).revision;
            if (present != revision) {
                return base::worded(
                    base::fail(base::ErrorKind::denied,
                               "the configuration is at revision {}, the change was made for "
                               "revision {}: read it again and repeat the change",
                               present, revision),
                    "admin.revision");
            }
            SQLite::Statement upsert(connection,
                                     "INSERT INTO configuration (only, revision, document) "
                                     "VALUES (1, ?, ?) ON CONFLICT (only) DO UPDATE SET "
                                     "revision = excluded.revision, document = excluded.document");
            upsert.bind(1, present + 1);
            upsert.bind(2, document);
            upsert.exec();
            transaction.commit();
            return present + 1;
        });
}

}  // namespace shoji::store
