// What firewalls, proxies and name servers say, by the names that Sigma's categories ask for.
#pragma once

#include "watch/event/event.h"

#include <string_view>

namespace shoji::event {

// Adds to an event whose fields have the names of a device the names of Sigma's categories firewall
// (src_ip, dst_ip, dst_port, action …), proxy (c-uri, cs-host, c-useragent …) and dns (query …),
// where they are not there yet, and makes it of these categories as far as what it says is enough:
// two addresses, a request, a query. Bytes are BytesSent and BytesReceived, as the client sees
// them, who did it is User.
void add_log_names(const Names& names, Event& event);

// The parts of c-uri that Sigma's rules on proxies ask for: cs-host, r-dns, dst_port, c-uri-stem,
// c-uri-query, c-uri-extension; and Sigma's other name for it, cs-uri.
void add_uri_parts(std::string_view uri, const Names& names, Event& event);

}  // namespace shoji::event
