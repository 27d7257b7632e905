#include "screen/egress/authority.h"

#include "screen/control/control.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>

namespace shoji::egress {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Unreserved characters (RFC 3986, 2.3): more than a DNS name may hold, less than could mislead.
bool is_unreserved(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_' || c == '~';
}

// WHATWG URL, "ends in a number": what a resolver or a browser may read as an IPv4 address.
bool ends_in_number(std::string_view host) {
    const auto dot = host.rfind('.');
    const auto last = dot == std::string_view::npos ? host : host.substr(dot + 1);
    if (!last.empty() && std::ranges::all_of(last, is_digit)) return true;
    return last.starts_with("0x") && std::ranges::all_of(last.substr(2), [](char c) {
               return is_digit(c) || (c >= 'a' && c <= 'f');
           });
}

std::optional<Authority> bracketed(std::string_view inside) {
    if (inside.size() >= INET6_ADDRSTRLEN || inside.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    in6_addr bytes{};
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (inet_pton(AF_INET6, std::string(inside).c_str(), &bytes) != 1) return std::nullopt;
    if (inet_ntop(AF_INET6, &bytes, text.data(), text.size()) == nullptr) return std::nullopt;
    return Authority{HostKind::address, text.data(), std::nullopt};
}

std::optional<Authority> unbracketed(std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    std::string lower(host);
    std::ranges::transform(lower, lower.begin(), to_lower);
    if (lower.empty() || !std::ranges::all_of(lower, is_unreserved)) return std::nullopt;
    if (control::is_host_name(lower)) return Authority{HostKind::name, lower, std::nullopt};
    if (control::is_address_literal(lower)) {
        return Authority{HostKind::address, lower, std::nullopt};
    }
    const auto kind = ends_in_number(lower) ? HostKind::numeric : HostKind::other;
    return Authority{kind, {}, std::nullopt};
}

}  // namespace

std::optional<std::uint16_t> parse_port(std::string_view text) {
    if (text.empty() || text.size() > 5 || !std::ranges::all_of(text, is_digit)) {
        return std::nullopt;
    }
    unsigned value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    if (value == 0 || value > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(value);
}

std::optional<Authority> parse_authority(std::string_view text) {
    std::optional<Authority> authority;
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        authority = bracketed(text.substr(1, end - 1));
        rest = text.substr(end + 1);
    } else {
        const auto end = std::min(text.find(':'), text.size());
        authority = unbracketed(text.substr(0, end));
        rest = text.substr(end);
    }
    if (!authority || rest.empty()) return authority;
    if (rest.front() != ':') return std::nullopt;
    authority->port = parse_port(rest.substr(1));
    if (!authority->port) return std::nullopt;
    return authority;
}

}  // namespace shoji::egress
