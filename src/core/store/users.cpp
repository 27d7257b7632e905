#include "core/store/users.h"

#include "core/store/guarded.h"

namespace shoji::store {
namespace {

constexpr auto columns =
    "SELECT id, name, role, password, one_time_until, totp IS NOT NULL, "
    "totp_counter, created FROM user ";

User user_of(SQLite::Statement& row) {
    User user;
    user.id = row.getColumn(0).getInt64();
    user.name = row.getColumn(1).getString();
    user.role = row.getColumn(2).getString();
    user.password = row.getColumn(3).getString();
    user.one_time_until = row.getColumn(4).getInt64();
    user.has_totp = row.getColumn(5).getInt() != 0;
    user.totp_counter = row.getColumn(6).getInt64();
    user.created = row.getColumn(7).getInt64();
    return user;
}

base::Failure unknown(std::string_view name) {
    return base::worded(base::fail(base::ErrorKind::not_found, "there is no user '{}'", name),
                        "admin.no_user", {{"name", std::string(name)}});
}

}  // namespace

base::Result<void> Users::add(const std::string& name, const std::string& role,
                              const std::string& password, Seconds one_time_until, Seconds now) {
    return guarded(database_, "adding user '" + name + "'",
                   [&](SQLite::Database& connection) -> base::Result<void> {
                       SQLite::Statement insert(
                           connection,
                           "INSERT INTO user (name, role, password, one_time_until, created) "
                           "VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING");
                       insert.bind(1, name);
                       insert.bind(2, role);
                       insert.bind(3, password);
                       insert.bind(4, one_time_until);
                       insert.bind(5, now);
                       if (insert.exec() == 1) return {};
                       return base::worded(base::fail(base::ErrorKind::exists,
                                                      "there is a user '{}' already", name),
                                           "admin.user_exists", {{"name", name}});
                   });
}

base::Result<User> Users::find(const std::string& name) {
    return guarded(
        database_, "looking up a user", [&](SQLite::Database& connection) -> base::Result<User> {
            SQLite::Statement select(connection, std::string(columns) + "WHERE name = ?");
            select.bind(1, name);
            if (!select.executeStep()) return unknown(name);
            return user_of(select);
        });
}

base::Result<User> Users::find(RowId id) {
    return guarded(database_, "looking up a user",
                   [&](SQLite::Database& connection) -> base::Result<User> {
                       SQLite::Statement select(connection, std::string(columns) + "WHERE id = ?");
                       select.bind(1, id);
                       if (!select.executeStep()) return unknown(std::to_string(id));
                       return user_of(select);
                   });
}

base::Result<std::vector<User>> Users::list() {
    return guarded(database_, "listing users",
                   [&](SQLite::Database& connection) -> base::Result<std::vector<User>> {
                       SQLite::Statement select(connection, std::string(columns) + "ORDER BY name");
                       std::vector<User> users;
                       while (select.executeStep()) users.push_back(user_of(select));
                       return users;
                   });
}

base::Result<void> Users::remove(const std::string& name) {
    return guarded(database_, "removing user '" + name + "'",
                   [&](SQLite::Database& connection) -> base::Result<void> {
                       SQLite::Statement remove(connection, "DELETE FROM user WHERE name = ?");
                       remove.bind(1, name);
                       if (remove.exec() == 0) return unknown(name);
                       return {};
                   });
}

base::Result<void> Users::reset(const std::string& name, const std::string& password,
                                Seconds one_time_until) {
    return guarded(
        database_, "resetting user '" + name + "'",
        [&](SQLite::Database& connection) -> base::Result<void> {
            SQLite::Transaction transaction(connection);
            SQLite::Statement update(connection,
                                     "UPDATE user SET password = ?, one_time_until = ?, "
                                     "totp = NULL, totp_counter = 0 WHERE name = ?");
            update.bind(1, password);
            update.bind(2, one_time_until);
            update.bind(3, name);
            if (update.exec() == 0) return unknown(name);
            SQLite::Statement sign_out(
                connection,
                "DELETE FROM web_session WHERE user = (SELECT id FROM user WHERE name = ?)");
            sign_out.bind(1, name);
            sign_out.exec();
            transaction.commit();
            return {};
        });
}

base::Result<void> Users::enrol(const WebSession& session, const std::string& former,
                                const Credentials& own) {
    const Bytes sealed = vault_.seal(own.totp_secret);
    return guarded(
        database_, "storing a second factor",
        [&](SQLite::Database& connection) -> base::Result<void> {
            SQLite::Transaction transaction(connection);
            SQLite::Statement update(
                connection,
                "UPDATE user SET password = ?, one_time_until = 0, totp = ?, "
                "totp_counter = ? WHERE id = ? AND password = ? AND EXISTS (SELECT 1 "
                "FROM web_session WHERE token = ? AND user = user.id AND enrolling = 1)");
            update.bind(1, own.password);
            bind_bytes(update, 2, sealed);
            update.bind(3, own.totp_counter);
            update.bind(4, session.user);
            update.bind(5, former);
            bind_bytes(update, 6, session.token);
            if (update.exec() == 0) {
                return base::fail(base::ErrorKind::not_found, "the enrolment is over");
            }
            SQLite::Statement sign_out(connection, "DELETE FROM web_session WHERE user = ?");
            sign_out.bind(1, session.user);
            sign_out.exec();
            transaction.commit();
            return {};
        });
}

base::Result<Bytes> Users::totp_secret(RowId id) {
    auto sealed = guarded(
        database_, "looking up a second factor",
        [&](SQLite::Database& connection) -> base::Result<Bytes> {
            SQLite::Statement select(connection,
                                     "SELECT totp FROM user WHERE id = ? AND totp IS NOT NULL");
            select.bind(1, id);
            if (!select.executeStep()) {
                return base::fail(base::ErrorKind::not_found, "the user has no second factor");
            }
            return bytes_of(select.getColumn(0));
        });
    return sealed.and_then([&](const Bytes& bytes) { return vault_.open(bytes); });
}

base::Result<bool> Users::use_totp_counter(RowId id, std::int64_t counter) {
    return guarded(database_, "using up a code",
                   [&](SQLite::Database& connection) -> base::Result<bool> {
                       SQLite::Statement update(connection,
                                                "UPDATE user SET totp_counter = ? "
                                                "WHERE id = ? AND totp_counter < ?");
                       update.bind(1, counter);
                       update.bind(2, id);
                       update.bind(3, counter);
                       return update.exec() == 1;
                   });
}

base::Result<Ahead> Users::ahead_of(std::int64_t counter) {
    return guarded(database_, "comparing the clock with the last codes",
                   [&](SQLite::Database& connection) -> base::Result<Ahead> {
                       SQLite::Statement select(connection,
                                                "SELECT count(*), ifnull(max(totp_counter), 0) "
                                                "FROM user WHERE totp_counter > ?");
                       select.bind(1, counter);
                       select.executeStep();
                       return Ahead{select.getColumn(0).getInt64(), select.getColumn(1).getInt64()};
                   });
}

}  // namespace shoji::store
