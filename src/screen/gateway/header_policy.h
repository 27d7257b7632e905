// The security headers of every answer. Pure.
#pragma once

#include "screen/gateway/http.h"

#include <string_view>
#include <utility>
#include <vector>

namespace shoji::gateway {

using Headers = std::vector<std::pair<std::string_view, std::string>>;

// `authority`: the host, with the port where it is not 443, that the browser knows the gateway by.
// Headers of one kind stand once each.
Headers security_headers(Kind kind, std::string_view authority, bool immutable);

}  // namespace shoji::gateway
