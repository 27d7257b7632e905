// The tables and how they came to be: SQLite's user_version counts the steps that a file has taken.
#pragma once

#include "core/base/result.h"

#include <span>
#include <string_view>

namespace SQLite {
class Database;
}

namespace shoji::store {

// Takes each missing step, a text of SQL, in a transaction of its own. Throws the library's
// exceptions, for Database::open() to catch; a file from a newer program is an error.
base::Result<void> migrate(SQLite::Database& connection, std::span<const std::string_view> steps);

// Of the gateway's store.
std::span<const std::string_view> gateway_steps();

}  // namespace shoji::store
