#include "hub/tables.h"

#include <array>

namespace shoji::hub {
namespace {

// Steps are never edited once they are released: a later change is a further step.
constexpr std::array<std::string_view, 3> steps{R"sql(
CREATE TABLE sensor (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    fingerprint BLOB NOT NULL UNIQUE CHECK (length(fingerprint) = 32),
    expires     INTEGER NOT NULL,
    added       INTEGER NOT NULL,
    revoked     INTEGER NOT NULL DEFAULT 0,
    seen        INTEGER NOT NULL DEFAULT 0,
    program     TEXT NOT NULL DEFAULT '',
    spool       BLOB NOT NULL DEFAULT (zeroblob(16)) CHECK (length(spool) = 16),
    boot        BLOB NOT NULL DEFAULT (zeroblob(16)) CHECK (length(boot) = 16),
    start       BLOB NOT NULL DEFAULT (zeroblob(16)) CHECK (length(start) = 16),
    last_alert  INTEGER NOT NULL DEFAULT 0,
    last_notice INTEGER NOT NULL DEFAULT 0,
    last_event  INTEGER NOT NULL DEFAULT 0,
    lost        INTEGER NOT NULL DEFAULT 0,
    overrun     INTEGER NOT NULL DEFAULT 0,
    refused     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX sensor_name ON sensor (name) WHERE revoked = 0;

CREATE TABLE alert (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    sensor   INTEGER REFERENCES sensor,
    sequence INTEGER,
    time     INTEGER NOT NULL,
    received INTEGER NOT NULL,
    host     TEXT NOT NULL,
    level    INTEGER NOT NULL,
    body     BLOB NOT NULL
) STRICT;
CREATE INDEX alert_received ON alert (received);
CREATE INDEX alert_host ON alert (host);

CREATE TABLE batch (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    sensor   INTEGER NOT NULL REFERENCES sensor,
    class    INTEGER NOT NULL,
    first    INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    received INTEGER NOT NULL,
    packed   INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    body     BLOB NOT NULL
) STRICT;
CREATE INDEX batch_sensor ON batch (sensor, class, first);

CREATE TABLE incidents (
    only    INTEGER PRIMARY KEY CHECK (only = 1),
    through INTEGER NOT NULL,
    state   BLOB NOT NULL
) STRICT;
)sql",
                                                R"sql(
CREATE TABLE held_order (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    host     TEXT NOT NULL,
    identity BLOB NOT NULL CHECK (length(identity) = 16),
    received INTEGER NOT NULL,
    who      TEXT NOT NULL,
    standing INTEGER NOT NULL DEFAULT 0 CHECK (standing BETWEEN 0 AND 5),
    changed  INTEGER NOT NULL,
    body     BLOB NOT NULL,
    answer   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX held_order_identity ON held_order (identity);
CREATE INDEX held_order_open ON held_order (host, number) WHERE standing < 2;
)sql",
                                                R"sql(
CREATE TABLE suppressions (
    only    INTEGER PRIMARY KEY CHECK (only = 1),
    changed INTEGER NOT NULL,
    who     TEXT NOT NULL,
    body    TEXT NOT NULL
) STRICT;
)sql"};

}  // namespace

std::span<const std::string_view> table_steps() {
    return steps;
}

}  // namespace shoji::hub
