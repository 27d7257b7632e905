#include "core/base/random.h"
#include "screen/control/control.h"

#include <algorithm>

#include <arpa/inet.h>

namespace shoji::control {
namespace {

constexpr std::size_t maximum_label = 63;  // RFC 1035, section 2.3.4

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

bool is_hexadecimal(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= maximum_label && label.front() != '-' &&
           label.back() != '-' && std::ranges::all_of(label, [](char c) {
               return is_letter(c) || is_digit(c) || c == '-';
           });
}

bool is_number(std::string_view label) {
    return std::ranges::all_of(label, is_digit) ||
           (label.starts_with("0x") && is_hexadecimal(label.substr(2)));
}

bool is_canonical(int family, const std::string& host) {
    in6_addr address{};
    std::array<char, INET6_ADDRSTRLEN> text{};
    return inet_pton(family, host.c_str(), &address) == 1 &&
           inet_ntop(family, &address, text.data(), text.size()) != nullptr && host == text.data();
}

}  // namespace

std::string to_text(const SessionId& id) {
    return base::to_hex(id);
}

base::Result<SessionId> session_id_from(std::string_view text) {
    SessionId id{};
    if (text.size() != 2 * id.size() || !is_hexadecimal(text)) {
        return base::fail(base::ErrorKind::invalid,
                          "a session's id has 32 lower-case hexadecimal digits");
    }
    const auto value = [](char c) {
        return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
    };
    for (std::size_t i = 0; i < id.size(); ++i) {
        id[i] = static_cast<std::uint8_t>(value(text[2 * i]) << 4U | value(text[2 * i + 1]));
    }
    return id;
}

bool is_host_name(std::string_view host) {
    if (host.empty() || host.size() > maximum_host_name) return false;
    while (true) {
        const auto dot = host.find('.');
        const auto label = host.substr(0, dot);
        if (!is_label(label)) return false;
        if (dot == std::string_view::npos) return !is_number(label);
        host.remove_prefix(dot + 1);
    }
}

bool is_address_literal(std::string_view host) {
    if (host.size() >= INET6_ADDRSTRLEN || host.find('\0') != std::string_view::npos) return false;
    const std::string text(host);
    return is_canonical(AF_INET, text) || is_canonical(AF_INET6, text);
}

std::string to_url(const Origin& origin) {
    const bool secure = origin.scheme == Scheme::https;
    const bool version6 = origin.host.find(':') != std::string::npos;
    std::string url = secure ? "https://" : "http://";
    url += version6 ? "[" + origin.host + "]" : origin.host;
    if (origin.port != (secure ? 443 : 80)) url += ":" + std::to_string(origin.port);
    return url;
}

}  // namespace shoji::control
