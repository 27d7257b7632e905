#include "core/store/database.h"

#include "core/store/migrations.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>
#include <sys/stat.h>

namespace shoji::store {
namespace {

constexpr int wait_milliseconds = 2000;  // for a lock that a backup holds

struct Meaning {
    base::ErrorKind kind;
    std::string_view advice;
};

Meaning meaning_of(const SQLite::Exception& exception) {
    switch (exception.getErrorCode()) {
        case SQLITE_FULL:
            return {base::ErrorKind::full, "the disk is full: free some space and try again"};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {base::ErrorKind::corrupt,
                    "the database is damaged: stop the program and restore a backup of the file"};
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_CANTOPEN:
            return {base::ErrorKind::system,
                    "the database cannot be opened or written: check the folder's owner and mode"};
        case SQLITE_IOERR:
            return {base::ErrorKind::system, "the disk failed or is full"};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {base::ErrorKind::unavailable, "the database is locked by another program"};
        case SQLITE_CONSTRAINT:
            return {base::ErrorKind::exists,
                    "an entry with this key exists, or one it needs does not"};
        default:
            return {base::ErrorKind::system, "the database refused"};
    }
}

void set_up(SQLite::Database& connection) {
    connection.setBusyTimeout(wait_milliseconds);
    connection.exec("PRAGMA journal_mode = WAL");
    connection.exec("PRAGMA synchronous = FULL");
    connection.exec("PRAGMA foreign_keys = ON");
    connection.exec("PRAGMA trusted_schema = OFF");
    connection.exec("PRAGMA cell_size_check = ON");
    connection.exec("PRAGMA secure_delete = ON");
    // A confined program may not write to /tmp, and no secret should lie there.
    connection.exec("PRAGMA temp_store = MEMORY");
}

base::Result<void> check(SQLite::Database& connection) {
    SQLite::Statement statement(connection, "PRAGMA quick_check(1)");
    if (statement.executeStep() && statement.getColumn(0).getString() == "ok") return {};
    return base::fail(base::ErrorKind::corrupt,
                      "the database is damaged: restore a backup of the file");
}

}  // namespace

Database::Database(std::unique_ptr<SQLite::Database> connection)
    : connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

base::Failure Database::failure(const SQLite::Exception& exception, std::string_view doing) {
    const auto meaning = meaning_of(exception);
    const bool full = meaning.kind == base::ErrorKind::full;
    return base::worded(
        base::fail(meaning.kind, "{}: {} ({})", doing, meaning.advice, exception.getErrorStr()),
        full ? "admin.store_full" : "admin.store_failed", {{"detail", exception.getErrorStr()}});
}

base::Result<Database> Database::open(const std::filesystem::path& path,
                                      std::span<const std::string_view> steps) {
    const std::string doing = "opening the store " + path.native();
    // SQLite gives its side files the permissions of the database itself.
    const mode_t old_mask = ::umask(0077);
    try {
        auto connection = std::make_unique<SQLite::Database>(
            path.native(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        set_up(*connection);
        ::umask(old_mask);
        auto ready = check(*connection).and_then([&] { return migrate(*connection, steps); });
        if (!ready) return base::Failure(std::move(ready.error()).context(doing));
        return Database(std::move(connection));
    } catch (const SQLite::Exception& exception) {
        ::umask(old_mask);
        return failure(exception, doing);
    }
}

}  // namespace shoji::store
