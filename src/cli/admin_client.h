// Asking the gateway, or the hub, at its admin socket: one JSON object a line each way.
#pragma once

#include "core/base/settings.h"

#include <string_view>

#include <boost/json/object.hpp>

namespace shoji::cli {

// The "result" of the answer. `unavailable` when no gateway is there; otherwise the gateway's own
// error.
base::Result<boost::json::value> ask_gateway(const base::Settings& settings,
                                             std::string_view command,
                                             boost::json::object arguments = {});

// The same of the hub.
base::Result<boost::json::value> ask_hub(const base::Settings& settings, std::string_view command,
                                         boost::json::object arguments = {});

// What the gateway's or the hub's line says; they are exposed, so their answers are parsed with
// care. Words for people are those of the catalogue that begin with `words`, and no others.
base::Result<boost::json::value> parse_answer(std::string_view line,
                                              std::string_view words = "admin.");

}  // namespace shoji::cli
