// Runs a table's statements with the library's exceptions caught. For .cpp files of this room and
// of programs with tables of their own.
#pragma once

#include "core/store/database.h"

#include <type_traits>

#include <SQLiteCpp/SQLiteCpp.h>

namespace shoji::store {

// `work` takes the SQLite connection and returns a base::Result, or nothing.
template <class Work>
auto guarded(Database& database, std::string_view doing, Work work) {
    using Answer = std::invoke_result_t<Work, SQLite::Database&>;
    using Outcome = std::conditional_t<std::is_void_v<Answer>, base::Result<void>, Answer>;
    try {
        if constexpr (std::is_void_v<Answer>) {
            work(database.connection());
            return Outcome{};
        } else {
            return Outcome{work(database.connection())};
        }
    } catch (const SQLite::Exception& exception) {
        return Outcome{Database::failure(exception, doing)};
    }
}

template <class Container>
void bind_bytes(SQLite::Statement& statement, int index, const Container& bytes) {
    statement.bind(index, bytes.data(), static_cast<int>(bytes.size()));
}

inline Bytes bytes_of(const SQLite::Column& column) {
    const auto* data = static_cast<const std::uint8_t*>(column.getBlob());
    return data == nullptr ? Bytes{} : Bytes(data, data + column.getBytes());
}

// A column whose length the table's CHECK has fixed.
template <class Array>
Array array_of(const SQLite::Column& column) {
    Array array{};
    const Bytes bytes = bytes_of(column);
    if (bytes.size() == array.size()) std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

}  // namespace shoji::store
