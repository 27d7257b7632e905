#include "screen/egress/request_head.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace shoji::egress {
namespace {

using base::ErrorKind;
using base::fail;

constexpr std::string_view methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
// RFC 9110, 7.6.1, and the framing and Host fields, which are written anew.
constexpr std::string_view own_fields[] = {
    "connection", "proxy-connection", "keep-alive",         "te",
    "trailer",    "upgrade",          "proxy-authenticate", "proxy-authorization",
    "host",       "content-length",   "transfer-encoding"};

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, {}, to_lower, to_lower);
}

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        const char lower = to_lower(c);
        return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
               marks.find(c) != std::string_view::npos;
    });
}

bool is_visible(char c) {
    return c > ' ' && c < '\x7f';
}

// RFC 9110, 5.5: visible characters, space, tab, and bytes beyond ASCII, which stay opaque.
bool is_field_value(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return is_visible(c) || c == ' ' || c == '\t' ||
               (static_cast<unsigned char>(c) & 0x80U) != 0;
    });
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The elements of a comma-separated list (RFC 9110, 5.6.1).
template <class Visit>
void for_each_element(std::string_view list, Visit visit) {
    while (true) {
        const auto comma = list.find(',');
        visit(trimmed(list.substr(0, comma)));
        if (comma == std::string_view::npos) return;
        list.remove_prefix(comma + 1);
    }
}

// Takes the next line, without its CRLF, off the front. The caller knows that one is there.
std::string_view take_line(std::string_view& rest) {
    const auto end = rest.find("\r\n");
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return line;
}

base::Result<void> read_target(std::string_view target, Form form, RequestHead& head) {
    if (!std::ranges::all_of(target, is_visible)) {
        return fail(ErrorKind::invalid, "the target has bytes that no address has");
    }
    std::string_view authority;
    if (form == Form::origin) {
        head.path = target;
    } else if (head.tunnel) {
        authority = target;
    } else {
        constexpr std::string_view scheme = "http://";
        if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
            return fail(ErrorKind::invalid, "the target is no http:// address");
        }
        target.remove_prefix(scheme.size());
        const auto end = std::min(target.find_first_of("/?#"), target.size());
        authority = target.substr(0, end);
        head.path = target.substr(end);
        if (!head.path.starts_with('/')) head.path.insert(0, "/");
    }
    if (head.path.find('#') != std::string::npos ||
        (form == Form::origin && !head.path.starts_with('/'))) {
        return fail(ErrorKind::invalid, "the target is no path");
    }
    if (form == Form::origin) return {};
    const auto parsed = parse_authority(authority);
    if (!parsed || (head.tunnel && !parsed->port)) {
        return fail(ErrorKind::invalid, "the target names no host and port");
    }
    head.authority = *parsed;
    if (!head.authority.port) head.authority.port = std::uint16_t{80};
    return {};
}

base::Result<void> read_request_line(std::string_view line, Form form, RequestHead& head) {
    constexpr std::string_view version = " HTTP/1.1";
    if (!line.ends_with(version)) return fail(ErrorKind::invalid, "no HTTP/1.1 request line");
    line.remove_suffix(version.size());
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return fail(ErrorKind::invalid, "no target");
    head.method = line.substr(0, space);
    head.tunnel = form == Form::proxy && head.method == "CONNECT";
    if (!head.tunnel && std::ranges::find(methods, head.method) == std::end(methods)) {
        return fail(ErrorKind::invalid, "a method that pages do not use");
    }
    return read_target(line.substr(space + 1), form, head);
}

// What the fields say that concerns this hop.
struct Hop {
    std::vector<std::string_view> hosts;
    std::vector<std::string_view> lengths;
    std::vector<std::string_view> codings;
    std::vector<std::string_view> connection;  // elements
    bool upgrade_websocket = false;
};

base::Result<void> read_field(std::string_view line, std::vector<Field>& fields, Hop& hop) {
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    // A token: no folded line, no space before the colon, both of which others read differently.
    if (colon == std::string_view::npos || !is_token(name)) {
        return fail(ErrorKind::invalid, "a line that is no field");
    }
    const auto value = trimmed(line.substr(colon + 1));
    if (!is_field_value(value)) return fail(ErrorKind::invalid, "a field with control characters");
    if (equal_ignoring_case(name, "host")) hop.hosts.push_back(value);
    if (equal_ignoring_case(name, "content-length")) hop.lengths.push_back(value);
    if (equal_ignoring_case(name, "transfer-encoding")) hop.codings.push_back(value);
    if (equal_ignoring_case(name, "upgrade")) {
        hop.upgrade_websocket = equal_ignoring_case(value, "websocket");
    }
    if (equal_ignoring_case(name, "connection") || equal_ignoring_case(name, "proxy-connection")) {
        for_each_element(value,
                         [&](std::string_view element) { hop.connection.push_back(element); });
    }
    const auto is_own = [&](std::string_view own) { return equal_ignoring_case(name, own); };
    if (std::ranges::none_of(own_fields, is_own)) {
        fields.push_back({std::string(name), std::string(value)});
    }
    return {};
}

base::Result<void> check_host(const Hop& hop, Form form, RequestHead& head) {
    if (hop.hosts.size() != 1) return fail(ErrorKind::invalid, "not exactly one Host");
    auto host = parse_authority(hop.hosts.front());
    if (!host) return fail(ErrorKind::invalid, "a Host that names none");
    if (form == Form::origin) {
        if (!host->port) host->port = std::uint16_t{80};
        head.authority = *host;
        return {};
    }
    // Browsers leave a plain request's default port out; of a tunnel it may be the target's.
    if (!host->port) host->port = head.tunnel ? *head.authority.port : std::uint16_t{80};
    if (*host != head.authority) return fail(ErrorKind::invalid, "a Host unlike the target");
    return {};
}

base::Result<void> read_framing(const Hop& hop, RequestHead& head) {
    if (hop.lengths.size() + hop.codings.size() > 1) {
        return fail(ErrorKind::invalid, "a body announced twice");
    }
    if (head.tunnel && hop.lengths.size() + hop.codings.size() != 0) {
        return fail(ErrorKind::invalid, "a body with CONNECT");
    }
    if (!hop.codings.empty()) {
        if (!equal_ignoring_case(hop.codings.front(), "chunked")) {
            return fail(ErrorKind::invalid, "a transfer coding other than chunked");
        }
        head.body = Body::chunked;
    }
    if (!hop.lengths.empty()) {
        const auto text = hop.lengths.front();
        const auto* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, head.length);
        if (error != std::errc{} || stop != end || head.length > maximum_body) {
            return fail(ErrorKind::invalid, "a length that is none, or beyond {} bytes",
                        maximum_body);
        }
        head.body = Body::length;
    }
    return {};
}

}  // namespace

std::size_t head_size(std::string_view bytes) {
    const auto end = bytes.find("\r\n\r\n");
    return end == std::string_view::npos ? 0 : end + 4;
}

base::Result<RequestHead> parse_request_head(std::string_view head, Form form) {
    if (head.size() > maximum_head || head_size(head) != head.size() || head.empty()) {
        return fail(ErrorKind::invalid, "no whole head");
    }
    RequestHead request;
    Hop hop;
    auto rest = head.substr(0, head.size() - 2);
    if (auto read = read_request_line(take_line(rest), form, request); !read) {
        return base::Failure(read.error());
    }
    for (std::size_t count = 0; !rest.empty(); ++count) {
        if (count == maximum_fields) return fail(ErrorKind::invalid, "too many fields");
        if (auto read = read_field(take_line(rest), request.fields, hop); !read) {
            return base::Failure(read.error());
        }
    }
    if (auto checked = check_host(hop, form, request); !checked) {
        return base::Failure(checked.error());
    }
    if (auto read = read_framing(hop, request); !read) return base::Failure(read.error());
    const auto is_named = [&](const std::string_view name) {
        return std::ranges::any_of(hop.connection, [&](std::string_view element) {
            return equal_ignoring_case(element, name);
        });
    };
    std::erase_if(request.fields, [&](const Field& field) { return is_named(field.name); });
    request.websocket = hop.upgrade_websocket && is_named("upgrade");
    return request;
}

std::string write_request_head(const RequestHead& head) {
    const bool version6 = head.authority.host.find(':') != std::string::npos;
    std::string text = head.method + " " + head.path + " HTTP/1.1\r\nHost: ";
    text += version6 ? "[" + head.authority.host + "]" : head.authority.host;
    if (head.authority.port != std::uint16_t{80}) {
        text += ":" + std::to_string(head.authority.port.value_or(0));
    }
    text += "\r\n";
    for (const auto& field : head.fields) text += field.name + ": " + field.value + "\r\n";
    if (head.body == Body::length)
        text += "Content-Length: " + std::to_string(head.length) + "\r\n";
    if (head.body == Body::chunked) text += "Transfer-Encoding: chunked\r\n";
    text += "Connection: close\r\n\r\n";
    return text;
}

}  // namespace shoji::egress
