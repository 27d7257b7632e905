// JSON from outside as text: one value, bounded, and each member's name once in its object. Pure.
#pragma once

#include "core/base/result.h"

#include <string_view>

#include <boost/json/value.hpp>

namespace shoji::policy {

struct JsonLimits {
    std::size_t bytes = 0;
    std::size_t depth = 0;  // levels of objects and lists
};

// `invalid` when it is no JSON, too long or too deep, or when an object has two members of one
// name: of those a parser keeps the first and another one the last (RFC 8259, section 4), so that
// what was checked may not be what is carried out.
base::Result<boost::json::value> parse_json(std::string_view text, const JsonLimits& limits);

}  // namespace shoji::policy
