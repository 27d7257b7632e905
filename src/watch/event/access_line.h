// One line of a proxy's or web server's log of requests:
//   1700000000.123    456 10.0.0.5 TCP_MISS/200 1234 GET http://… tanaka HIER_DIRECT/192.0.2.1
//   text/html
//     Squid's own form (logformat squid)
//   10.0.0.5 - tanaka [20/Nov/2026:10:02:03 +0900] "GET /x HTTP/1.1" 200 1234 "referrer" "agent" …
//     the combined form of Apache, nginx and Squid
// Fields by Sigma's names for the categories proxy and webserver: c-ip, cs-username, cs-method,
// c-uri and its parts (log_names.h), sc-status, sc-bytes, BytesReceived, c-useragent, cs-referer,
// cs-cookie …; of Squid also time-taken (milliseconds), action (its result code, or "denied"),
// dst_ip and cs-mime-type. A line of the combined form is a proxy's when it asks for a whole URL or
// by CONNECT.
#pragma once

#include "watch/event/event.h"

#include <string_view>

namespace shoji::event {

// False when the line is neither; the event is as it was then. Views into the line.
bool add_access_line(std::string_view line, const Names& names, Event& event);

}  // namespace shoji::event
