// Parts of what a program answered, as cells of a table. Whatever it may answer has one.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace shoji::cli {

// Null where `row` is no object or has none of that name.
const boost::json::value* member(const boost::json::value& row, std::string_view key);
// A member's text; "-" for none.
std::string cell(const boost::json::value& row, std::string_view key);
// The texts of a list, a space between them.
std::string joined(const boost::json::value& row, std::string_view key);
// Seconds since 1970 in the machine's time zone; "-" for none.
std::string moment(const boost::json::value& row, std::string_view key);

}  // namespace shoji::cli
