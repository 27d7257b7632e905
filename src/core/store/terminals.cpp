#include "core/store/terminals.h"

#include "core/store/guarded.h"

namespace shoji::store {
namespace {

constexpr auto columns = "SELECT name, zone, fingerprint, expires, added, revoked FROM terminal ";

Terminal terminal_of(SQLite::Statement& row) {
    Terminal terminal;
    terminal.name = row.getColumn(0).getString();
    terminal.zone = row.getColumn(1).getString();
    terminal.fingerprint = array_of<Digest>(row.getColumn(2));
    terminal.expires = row.getColumn(3).getInt64();
    terminal.added = row.getColumn(4).getInt64();
    terminal.revoked = row.getColumn(5).getInt64();
    return terminal;
}

}  // namespace

base::Result<void> Terminals::add(const Terminal& terminal) {
    return guarded(database_, "adding terminal '" + terminal.name + "'",
                   [&](SQLite::Database& connection) -> base::Result<void> {
                       SQLite::Statement insert(
                           connection,
                           "INSERT INTO terminal (fingerprint, name, zone, expires, added) "
                           "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
                       bind_bytes(insert, 1, terminal.fingerprint);
                       insert.bind(2, terminal.name);
                       insert.bind(3, terminal.zone);
                       insert.bind(4, terminal.expires);
                       insert.bind(5, terminal.added);
                       if (insert.exec() == 1) return {};
                       return base::worded(
                           base::fail(base::ErrorKind::exists,
                                      "there is a terminal '{}' already, or its certificate is "
                                      "registered: revoke the old one first",
                                      terminal.name),
                           "admin.terminal_exists", {{"name", terminal.name}});
                   });
}

base::Result<Terminal> Terminals::find(const Digest& fingerprint) {
    return guarded(
        database_, "looking up a terminal",
        [&](SQLite::Database& connection) -> base::Result<Terminal> {
            SQLite::Statement select(connection, std::string(columns) + "WHERE fingerprint = ?");
            bind_bytes(select, 1, fingerprint);
            if (select.executeStep()) return terminal_of(select);
            return base::fail(base::ErrorKind::not_found, "no terminal has this certificate");
        });
}

base::Result<std::vector<Terminal>> Terminals::list() {
    return guarded(database_, "listing terminals",
                   [&](SQLite::Database& connection) -> base::Result<std::vector<Terminal>> {
                       SQLite::Statement select(
                           connection, std::string(columns) + "ORDER BY name, revoked, added");
                       std::vector<Terminal> terminals;
                       while (select.executeStep()) terminals.push_back(terminal_of(select));
                       return terminals;
                   });
}

base::Result<Terminal> Terminals::revoke(const std::string& name, Seconds now) {
    return guarded(
        database_, "revoking terminal '" + name + "'",
        [&](SQLite::Database& connection) -> base::Result<Terminal> {
            SQLite::Statement update(
                connection, "UPDATE terminal SET revoked = ? WHERE name = ? AND revoked = 0");
            update.bind(1, now);
            update.bind(2, name);
            update.exec();
            SQLite::Statement select(
                connection,
                std::string(columns) + "WHERE name = ? ORDER BY revoked DESC, added DESC LIMIT 1");
            select.bind(1, name);
            if (select.executeStep()) return terminal_of(select);
            return base::worded(
                base::fail(base::ErrorKind::not_found, "there is no terminal '{}'", name),
                "admin.no_terminal", {{"name", name}});
        });
}

}  // namespace shoji::store
