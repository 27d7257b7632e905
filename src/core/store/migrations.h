// The tables and how they came to be: SQLite's user_version counts the steps that a file has taken.
#pragma once

#include "core/base/result.h"

namespace SQLite {
class Database;
}

namespace shoji::store {

// What this program writes and reads.
int newest_version();

// Takes each missing step in a transaction of its own. Throws the library's exceptions, for
// Database::open() to catch; a file from a newer program is an error.
base::Result<void> migrate(SQLite::Database& connection);

}  // namespace shoji::store
