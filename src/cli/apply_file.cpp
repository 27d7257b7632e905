#include "cli/apply_file.h"

#include "core/base/toml.h"
#include "core/policy/check.h"
#include "core/policy/json.h"

#include <sstream>

#include <boost/json/value.hpp>

namespace shoji::cli {
namespace {

namespace json = boost::json;

constexpr int deepest = 16;

// A date may be written with or without quotes; JSON has it as a string.
json::value to_json(const toml::node& node, int depth) {
    if (depth > deepest) return nullptr;
    if (const auto* table = node.as_table()) {
        json::object object;
        for (const auto& [key, value] : *table)
            object[std::string(key.str())] = to_json(value, depth + 1);
        return object;
    }
    if (const auto* array = node.as_array()) {
        json::array list;
        for (const auto& value : *array) list.push_back(to_json(value, depth + 1));
        return list;
    }
    if (const auto* date = node.as_date()) {
        std::ostringstream text;
        text << date->get();
        return json::string(text.str());
    }
    if (const auto text = node.value_exact<std::string>()) return json::string(*text);
    if (const auto number = node.value_exact<std::int64_t>()) return *number;
    if (const auto flag = node.value_exact<bool>()) return *flag;
    return nullptr;
}

}  // namespace

base::Result<policy::Configuration> configuration_from_toml(std::string_view text) {
    if (text.size() > policy::maximum_json) {
        return base::fail(base::ErrorKind::invalid, "the file has more than {} bytes",
                          policy::maximum_json);
    }
    try {
        return policy::configuration_from(to_json(toml::parse(text), 0));
    } catch (const toml::parse_error& error) {
        return base::fail(base::ErrorKind::invalid, "line {}: {}", error.source().begin.line,
                          error.description());
    }
}

}  // namespace shoji::cli
