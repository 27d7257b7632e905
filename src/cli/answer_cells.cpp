#include "cli/answer_cells.h"

#include <ctime>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace shoji::cli {

namespace json = boost::json;

const json::value* member(const json::value& row, std::string_view key) {
    const json::object* object = row.if_object();
    return object == nullptr ? nullptr : object->if_contains(key);
}

std::string cell(const json::value& row, std::string_view key) {
    const json::value* value = member(row, key);
    if (value == nullptr || value->is_null()) return "-";
    if (value->is_string()) return std::string(value->get_string());
    if (value->is_bool()) return value->get_bool() ? "✓" : "-";
    return json::serialize(*value);
}

std::string joined(const json::value& row, std::string_view key) {
    const json::value* value = member(row, key);
    std::string text;
    if (value == nullptr || !value->is_array()) return text;
    for (const auto& entry : value->get_array()) {
        if (!entry.is_string()) continue;
        if (!text.empty()) text += ' ';
        text += entry.get_string();
    }
    return text;
}

std::string moment(const json::value& row, std::string_view key) {
    constexpr std::int64_t last = 253402300799;  // the end of the year 9999
    const json::value* value = member(row, key);
    const std::int64_t* seconds = value == nullptr ? nullptr : value->if_int64();
    if (seconds == nullptr || *seconds <= 0 || *seconds > last) return "-";
    const std::time_t time = *seconds;
    std::tm local{};
    ::localtime_r(&time, &local);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", local.tm_year + 1900, local.tm_mon + 1,
                       local.tm_mday, local.tm_hour, local.tm_min);
}

}  // namespace shoji::cli
