// Strict reading of JSON objects from outside: UTF-8, at most eight levels, known keys only, each
// once, of its type and range.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace shoji::gateway {

// `invalid` when the text is not one JSON object. `limit`: bytes.
base::Result<boost::json::object> parse_object(std::string_view text, std::size_t limit);

// Takes members out of one object; the first thing amiss is kept and finish() tells it. Errors
// name keys, never values, and have words of the catalogue.
class ObjectReader {
  public:
    explicit ObjectReader(const boost::json::object& object) : object_(object) {}

    // At most `limit` bytes of UTF-8.
    std::string text(std::string_view key, std::size_t limit);
    std::optional<std::string> optional_text(std::string_view key, std::size_t limit);
    std::int64_t number(std::string_view key, std::int64_t least, std::int64_t most);
    const boost::json::object* object(std::string_view key);

    // An error when a member was missing, of a wrong type, out of range, or is not known.
    base::Result<void> finish();

  private:
    const boost::json::value* take(std::string_view key);
    using Values = std::vector<std::pair<std::string, std::string>>;
    // `what`: of the catalogue's "admin.member.".
    void refuse(std::string_view key, std::string_view what, std::string_view why,
                Values values = {});

    const boost::json::object& object_;
    std::set<std::string, std::less<>> known_;
    std::optional<base::Error> error_;
};

}  // namespace shoji::gateway
