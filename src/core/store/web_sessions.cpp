#include "core/store/web_sessions.h"

#include "core/store/guarded.h"

namespace shoji::store {
namespace {

WebSession web_session_of(SQLite::Statement& row) {
    WebSession session;
    session.token = array_of<Digest>(row.getColumn(0));
    session.user = row.getColumn(1).getInt64();
    session.enrolling = row.getColumn(2).getInt() != 0;
    session.created = row.getColumn(3).getInt64();
    session.last_seen = row.getColumn(4).getInt64();
    return session;
}

constexpr auto columns = "SELECT token, user, enrolling, created, last_seen FROM web_session ";

}  // namespace

base::Result<void> WebSessions::add(const WebSession& session, const std::string& password) {
    return guarded(
        database_, "storing a web session",
        [&](SQLite::Database& connection) -> base::Result<void> {
            SQLite::Transaction transaction(connection);
            SQLite::Statement insert(
                connection,
                "INSERT INTO web_session (token, user, enrolling, created, last_seen) "
                "SELECT ?, id, ?, ?, ? FROM user WHERE id = ? AND password = ?");
            bind_bytes(insert, 1, session.token);
            insert.bind(2, session.enrolling ? 1 : 0);
            insert.bind(3, session.created);
            insert.bind(4, session.last_seen);
            insert.bind(5, session.user);
            insert.bind(6, password);
            if (insert.exec() == 0) {
                return base::fail(base::ErrorKind::not_found, "the password is no longer good");
            }
            SQLite::Statement trim(connection,
                                   "DELETE FROM web_session WHERE token IN (SELECT token FROM "
                                   "web_session WHERE user = ? ORDER BY created DESC, token "
                                   "LIMIT -1 OFFSET ?)");
            trim.bind(1, session.user);
            trim.bind(2, maximum_for_user);
            trim.exec();
            transaction.commit();
            return {};
        });
}

base::Result<WebSession> WebSessions::find(const Digest& token) {
    return guarded(
        database_, "looking up a web session",
        [&](SQLite::Database& connection) -> base::Result<WebSession> {
            SQLite::Statement select(connection, std::string(columns) + "WHERE token = ?");
            bind_bytes(select, 1, token);
            if (!select.executeStep()) {
                return base::fail(base::ErrorKind::not_found, "there is no such web session");
            }
            return web_session_of(select);
        });
}

base::Result<void> WebSessions::touch(const Digest& token, Seconds now) {
    return guarded(database_, "prolonging a web session", [&](SQLite::Database& connection) {
        SQLite::Statement update(connection,
                                 "UPDATE web_session SET last_seen = ? WHERE token = ?");
        update.bind(1, now);
        bind_bytes(update, 2, token);
        update.exec();
    });
}

base::Result<void> WebSessions::remove(const Digest& token) {
    return guarded(database_, "ending a web session", [&](SQLite::Database& connection) {
        SQLite::Statement remove(connection, "DELETE FROM web_session WHERE token = ?");
        bind_bytes(remove, 1, token);
        remove.exec();
    });
}

base::Result<std::vector<Digest>> WebSessions::remove_expired(const Lifetime& lifetime,
                                                              Seconds now) {
    return guarded(database_, "ending old web sessions",
                   [&](SQLite::Database& connection) -> base::Result<std::vector<Digest>> {
                       std::vector<Digest> over;
                       SQLite::Statement select(connection, columns);
                       while (select.executeStep()) {
                           const WebSession session = web_session_of(select);
                           if (lifetime.over(session, now)) over.push_back(session.token);
                       }
                       if (over.empty()) return over;
                       SQLite::Transaction transaction(connection);
                       for (const Digest& token : over) {
                           SQLite::Statement remove(connection,
                                                    "DELETE FROM web_session WHERE token = ?");
                           bind_bytes(remove, 1, token);
                           remove.exec();
                       }
                       transaction.commit();
                       return over;
                   });
}

base::Result<void> WebSessions::set_pending_secret(const Digest& token,
                                                   std::span<const std::uint8_t> secret) {
    const Bytes sealed = vault_.seal(secret);
    return guarded(database_, "storing a pending second factor", [&](SQLite::Database& connection) {
        SQLite::Statement update(connection, "UPDATE web_session SET pending = ? WHERE token = ?");
        bind_bytes(update, 1, sealed);
        bind_bytes(update, 2, token);
        update.exec();
    });
}

base::Result<Bytes> WebSessions::pending_secret(const Digest& token) {
    auto sealed =
        guarded(database_, "looking up a pending second factor",
                [&](SQLite::Database& connection) -> base::Result<Bytes> {
                    SQLite::Statement select(
                        connection,
                        "SELECT pending FROM web_session WHERE token = ? AND pending IS NOT NULL");
                    bind_bytes(select, 1, token);
                    if (!select.executeStep()) {
                        return base::fail(base::ErrorKind::not_found, "enrolment has not begun");
                    }
                    return bytes_of(select.getColumn(0));
                });
    return sealed.and_then([&](const Bytes& bytes) { return vault_.open(bytes); });
}

}  // namespace shoji::store
