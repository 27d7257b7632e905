// The head of an HTTP/1.1 request to a proxy (RFC 9112): one strict reading of it, so that the
// origin cannot understand another request than the one that was checked. Pure.
#pragma once

#include "core/base/result.h"
#include "screen/egress/authority.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::egress {

inline constexpr std::size_t maximum_head = 32768;  // bytes, the empty line included
inline constexpr std::size_t maximum_fields = 128;
inline constexpr std::uint64_t maximum_body = std::uint64_t{1} << 30U;  // bytes of one request

enum class Form {
    proxy,   // CONNECT host:port, or METHOD http://host/path
    origin,  // METHOD /path: what goes through a tunnel to an http origin
};

enum class Body {
    none,
    length,   // Content-Length
    chunked,  // Transfer-Encoding: chunked
};

struct Field {
    std::string name;   // as it came
    std::string value;  // without white space around it
};

struct RequestHead {
    bool tunnel = false;  // CONNECT
    std::string method;
    // The target's; of the Host field in the origin form. Its port is always set: a plain request's
    // is 80 where none was given.
    Authority authority;
    std::string path;           // "/…", empty for CONNECT
    std::vector<Field> fields;  // end-to-end ones, without Host and framing
    Body body = Body::none;
    std::uint64_t length = 0;  // of the body, for Body::length: up to maximum_body
    bool websocket = false;    // asks for "Upgrade: websocket" (RFC 6455, 4.1)
};

// Where the head at the front of `bytes` ends, its empty line included; 0: not yet.
std::size_t head_size(std::string_view bytes);

// Reads a whole head. Refused beyond what RFC 9112 demands: bare CR or LF, folded lines, more than
// one Host, a Host unlike the target, any transfer coding but "chunked", a body announced twice or
// with CONNECT, methods that pages do not use, HTTP versions but 1.1.
base::Result<RequestHead> parse_request_head(std::string_view head, Form form);

// The request to send to the origin: its own Host and framing fields, no hop-by-hop fields (RFC
// 9110, 7.6.1), "Connection: close". Precondition: a plain request of the proxy form.
std::string write_request_head(const RequestHead& head);

}  // namespace shoji::egress
