// Whether a request is meant for this gateway and comes from its own pages. Pure.
#pragma once

#include "screen/gateway/http.h"

namespace shoji::gateway {

// Names that one listener goes by.
struct Identity {
    std::string host_name;      // of the certificate
    std::string local_address;  // that this connection arrived at, numeric
    std::uint16_t port = 443;
};

// The Host header as the gateway repeats it to browsers: lower case, without the port when it is
// 443. None when it names something else, which guards against a page elsewhere whose name was
// made to resolve to the gateway (DNS rebinding).
std::optional<std::string> accepted_authority(std::string_view host, const Identity& identity);

// A change asked for by a page of the console: a fitting Origin, no other site by
// Sec-Fetch-Site where the browser sends it, and a JSON body. Browsers send an Origin with every
// POST, so that its lack is suspicious too.
bool is_own_change(const Request& request);

// A request for the console's data: where the browser says from which site, it must be ours.
bool is_own_read(const Request& request);

// A WebSocket from the viewer's page, whose opaque origin is "null", or from the gateway's own.
bool may_open_socket(const Request& request);

}  // namespace shoji::gateway
