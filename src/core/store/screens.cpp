#include "core/store/screens.h"

#include "core/store/guarded.h"

namespace shoji::store {

base::Result<void> Screens::add(const Screen& screen) {
    return guarded(database_, "storing a screen", [&](SQLite::Database& connection) {
        SQLite::Statement insert(connection,
                                 "INSERT INTO screen (id, user, web_session, destination, zone, "
                                 "terminal, fingerprint, started) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        bind_bytes(insert, 1, screen.id);
        insert.bind(2, screen.user);
        bind_bytes(insert, 3, screen.web_session);
        insert.bind(4, screen.destination);
        insert.bind(5, screen.zone);
        insert.bind(6, screen.terminal);
        if (screen.fingerprint) bind_bytes(insert, 7, *screen.fingerprint);
        insert.bind(8, screen.started);
        insert.exec();
    });
}

base::Result<std::vector<Screen>> Screens::list() {
    return guarded(database_, "listing screens",
                   [&](SQLite::Database& connection) -> base::Result<std::vector<Screen>> {
                       SQLite::Statement select(
                           connection,
                           "SELECT id, user, web_session, destination, zone, terminal, "
                           "fingerprint, started FROM screen ORDER BY started, id");
                       std::vector<Screen> screens;
                       while (select.executeStep()) {
                           Screen screen;
                           screen.id = array_of<ScreenId>(select.getColumn(0));
                           screen.user = select.getColumn(1).getInt64();
                           screen.web_session = array_of<Digest>(select.getColumn(2));
                           screen.destination = select.getColumn(3).getString();
                           screen.zone = select.getColumn(4).getString();
                           screen.terminal = select.getColumn(5).getString();
                           if (!select.getColumn(6).isNull()) {
                               screen.fingerprint = array_of<Digest>(select.getColumn(6));
                           }
                           screen.started = select.getColumn(7).getInt64();
                           screens.push_back(std::move(screen));
                       }
                       return screens;
                   });
}

base::Result<void> Screens::remove(const ScreenId& id) {
    return guarded(database_, "removing a screen", [&](SQLite::Database& connection) {
        SQLite::Statement remove(connection, "DELETE FROM screen WHERE id = ?");
        bind_bytes(remove, 1, id);
        remove.exec();
    });
}

base::Result<void> Screens::set_ticket(const Digest& token, const ScreenId& screen,
                                       Seconds expires) {
    return guarded(database_, "storing a ticket", [&](SQLite::Database& connection) {
        SQLite::Transaction transaction(connection);
        SQLite::Statement remove(connection, "DELETE FROM ticket WHERE screen = ?");
        bind_bytes(remove, 1, screen);
        remove.exec();
        SQLite::Statement insert(connection,
                                 "INSERT INTO ticket (token, screen, expires) VALUES (?, ?, ?)");
        bind_bytes(insert, 1, token);
        bind_bytes(insert, 2, screen);
        insert.bind(3, expires);
        insert.exec();
        transaction.commit();
    });
}

base::Result<ScreenId> Screens::use_ticket(const Digest& token, const Digest& next, Seconds now) {
    return guarded(
        database_, "using a ticket", [&](SQLite::Database& connection) -> base::Result<ScreenId> {
            SQLite::Transaction transaction(connection);
            SQLite::Statement select(connection,
                                     "SELECT screen FROM ticket WHERE token = ? AND "
                                     "(expires = 0 OR expires > ?)");
            bind_bytes(select, 1, token);
            select.bind(2, now);
            if (!select.executeStep()) {
                return base::fail(base::ErrorKind::not_found,
                                  "the ticket is unknown, was replaced, or has expired");
            }
            const auto screen = array_of<ScreenId>(select.getColumn(0));
            SQLite::Statement remove(connection,
                                     "DELETE FROM ticket WHERE screen = ? AND token <> ?");
            bind_bytes(remove, 1, screen);
            bind_bytes(remove, 2, token);
            remove.exec();
            SQLite::Statement keep(connection, "UPDATE ticket SET expires = 0 WHERE token = ?");
            bind_bytes(keep, 1, token);
            keep.exec();
            SQLite::Statement insert(
                connection, "INSERT INTO ticket (token, screen, expires) VALUES (?, ?, 0)");
            bind_bytes(insert, 1, next);
            bind_bytes(insert, 2, screen);
            insert.exec();
            transaction.commit();
            return screen;
        });
}

base::Result<void> Screens::confirm_ticket(const Digest& token) {
    return guarded(database_, "confirming a ticket", [&](SQLite::Database& connection) {
        SQLite::Statement remove(connection,
                                 "DELETE FROM ticket WHERE token <> ? AND screen = "
                                 "(SELECT screen FROM ticket WHERE token = ?)");
        bind_bytes(remove, 1, token);
        bind_bytes(remove, 2, token);
        remove.exec();
    });
}

}  // namespace shoji::store
