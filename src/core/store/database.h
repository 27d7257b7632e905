// One SQLite database and the border at which its library's exceptions become errors.
//
// Not safe for use by two threads at once. Every change is on disk when the call that made it
// returns (write-ahead log, synchronous=FULL).
#pragma once

#include "core/base/result.h"
#include "core/store/types.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace SQLite {
class Database;
class Exception;
}  // namespace SQLite

namespace shoji::store {

class Database {
  public:
    // Opens or creates the file (mode 0600) and brings its tables up to the newest of `steps`
    // (migrations.h). A database of a newer version, or one that is damaged, is an error that says
    // what to do.
    static base::Result<Database> open(const std::filesystem::path& path,
                                       std::span<const std::string_view> steps);

    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    [[nodiscard]] SQLite::Database& connection() { return *connection_; }

    // What a failed statement means to an administrator: a full disk is `full`, a damaged file
    // `corrupt`, a key that exists already `exists`, a locked database `unavailable`.
    static base::Failure failure(const SQLite::Exception& exception, std::string_view doing);

  private:
    explicit Database(std::unique_ptr<SQLite::Database> connection);

    std::unique_ptr<SQLite::Database> connection_;
};

}  // namespace shoji::store
