// A configuration as JSON: what the admin socket carries, what the store keeps, and (as TOML of the
// same shape) what `shoji apply` reads. Strict both in shape and in types: an unknown key, a
// missing one and a number out of range are errors that name the place. What the values mean is
// check()'s business.
//
//   {"zones":        [{"id", "name": {"ja", "en"}}],
//    "roles":        [{"id", "name": {"ja", "en"}}],
//    "destinations": [{"id", "name": {"ja", "en"}, "zone", "reason", "approver",
//                      "approved": "2026-04-01", "expires": "2027-03-31",
//                      "origins": [{"scheme": "https", "host", "port": 443, "internal": false}]}],
//    "routes":       [{"id", "from_zone", "role", "destination"}]}
//
// A list may be missing (then it is empty), as may "port" (the scheme's own) and "internal"
// (false); written are all of them.
#pragma once

#include "core/base/result.h"
#include "core/policy/policy.h"

#include <optional>

#include <boost/json/value.hpp>

namespace shoji::policy {

boost::json::value to_json(const Configuration& configuration);
base::Result<Configuration> configuration_from(const boost::json::value& value);
// Also refuses more than check.h's maximum_json bytes.
base::Result<Configuration> configuration_from_text(std::string_view text);

// "2026-03-31". Years have four digits.
std::string to_text(Day day);
std::optional<Day> day_from(std::string_view text);

// "https://example.jp", "http://127.0.0.1:8080", "https://[2001:db8::1]": the port is left out
// where it is the scheme's own.
std::string to_url(const Origin& origin);
// The reverse, for a command line. A path, user or query is refused; letters become lower case.
base::Result<Origin> origin_from_url(std::string_view url);

std::string_view to_text(Scheme scheme);
std::uint16_t default_port(Scheme scheme);

}  // namespace shoji::policy
