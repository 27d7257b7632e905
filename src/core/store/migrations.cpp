#include "core/store/migrations.h"

#include <array>

#include <SQLiteCpp/SQLiteCpp.h>

namespace shoji::store {
namespace {

// Steps are never edited once they are released: a later change is a further step.
constexpr std::array<std::string_view, 2> steps_of_gateway{
    R"sql(
CREATE TABLE user (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL,
    administrator INTEGER NOT NULL CHECK (administrator IN (0, 1)),
    password      TEXT NOT NULL,
    one_time_until INTEGER NOT NULL DEFAULT 0,
    totp          BLOB,
    totp_counter  INTEGER NOT NULL DEFAULT 0,
    created       INTEGER NOT NULL
) STRICT;

CREATE TABLE attempt (
    name     BLOB PRIMARY KEY CHECK (length(name) = 32),
    failures INTEGER NOT NULL,
    last     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_last ON attempt (last);

CREATE TABLE web_session (
    token     BLOB PRIMARY KEY CHECK (length(token) = 32),
    user      INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
    enrolling INTEGER NOT NULL CHECK (enrolling IN (0, 1)),
    pending   BLOB,
    created   INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX web_session_user ON web_session (user);

CREATE TABLE terminal (
    fingerprint BLOB PRIMARY KEY CHECK (length(fingerprint) = 32),
    name        TEXT NOT NULL,
    zone        TEXT NOT NULL,
    expires     INTEGER NOT NULL,
    added       INTEGER NOT NULL,
    revoked     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX terminal_name ON terminal (name) WHERE revoked = 0;

CREATE TABLE screen (
    id          BLOB PRIMARY KEY CHECK (length(id) = 16),
    user        INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
    web_session BLOB NOT NULL CHECK (length(web_session) = 32),
    destination TEXT NOT NULL,
    zone        TEXT NOT NULL,
    terminal    TEXT NOT NULL,
    fingerprint BLOB,
    started     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket (
    token   BLOB PRIMARY KEY CHECK (length(token) = 32),
    screen  BLOB NOT NULL REFERENCES screen ON DELETE CASCADE,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_screen ON ticket (screen);

CREATE TABLE configuration (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    revision INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;

CREATE TABLE refused (
    destination TEXT NOT NULL,
    host        TEXT NOT NULL,
    port        INTEGER NOT NULL,
    scheme      INTEGER NOT NULL,
    reason      INTEGER NOT NULL,
    times       INTEGER NOT NULL,
    last        INTEGER NOT NULL,
    PRIMARY KEY (destination, host, port, scheme, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX refused_last ON refused (destination, last);
)sql",
    // It granted nothing: administrators are those whom the admin socket lets in.
    "ALTER TABLE user DROP COLUMN administrator"};

}  // namespace

std::span<const std::string_view> gateway_steps() {
    return steps_of_gateway;
}

base::Result<void> migrate(SQLite::Database& connection, std::span<const std::string_view> steps) {
    const int newest = static_cast<int>(steps.size());
    const int version = connection.execAndGet("PRAGMA user_version").getInt();
    if (version < 0 || version > newest) {
        return base::fail(base::ErrorKind::invalid,
                          "it is of version {}, this program knows versions up to {}: install the "
                          "newer Shoji that wrote it, or restore a backup",
                          version, newest);
    }
    for (int step = version; step < newest; ++step) {
        SQLite::Transaction transaction(connection);
        connection.exec(std::string(steps[static_cast<std::size_t>(step)]));
        connection.exec(fmt::format("PRAGMA user_version = {}", step + 1));
        transaction.commit();
    }
    return {};
}

}  // namespace shoji::store
