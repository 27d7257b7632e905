// The forms that an origin's host may have.
#include "core/policy/check.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace shoji::policy {
namespace {

bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(label,
                               [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

// What a browser would read as a number in the last place of an IPv4 address: decimal or 0x….
bool is_number(std::string_view label) {
    if (std::ranges::all_of(label, is_digit)) return true;
    return label.starts_with("0x") && std::ranges::all_of(label.substr(2), [](char c) {
               return is_digit(c) || (c >= 'a' && c <= 'f');
           });
}

struct Address {
    int family = 0;
    std::array<std::uint8_t, 16> bytes{};
};

// Family 0 when `text` is no address in its recommended form.
Address parse(std::string_view text) {
    const std::string copy(text);
    Address address;
    for (const int family : {AF_INET, AF_INET6}) {
        if (inet_pton(family, copy.c_str(), address.bytes.data()) != 1) continue;
        std::array<char, INET6_ADDRSTRLEN> shortest{};
        if (inet_ntop(family, address.bytes.data(), shortest.data(), shortest.size()) == nullptr ||
            text != shortest.data()) {
            return {};
        }
        address.family = family;
        return address;
    }
    return {};
}

// The ranges of RFC 6890 and its registry that are not global unicast, 224.0.0.0/4 and up included.
bool is_internal_v4(const Address& address) {
    const auto [a, b, c] = std::array{address.bytes[0], address.bytes[1], address.bytes[2]};
    return a == 0 || a == 10 || a == 127 || a >= 224 || (a == 100 && b >= 64 && b < 128) ||
           (a == 169 && b == 254) || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) ||
           (a == 192 && b == 0 && (c == 0 || c == 2)) || (a == 198 && (b == 18 || b == 19)) ||
           (a == 198 && b == 51 && c == 100) || (a == 203 && b == 0 && c == 113);
}

// Only 2000::/3 is global unicast (RFC 4291, section 2.4); within it 2001::/23, 2001:db8::/32 and
// 2002::/16 (6to4, which embeds an IPv4 address) are not what a destination has.
bool is_internal_v6(const Address& address) {
    const auto& bytes = address.bytes;
    if ((bytes[0] & 0xe0U) != 0x20) return true;
    const unsigned first = unsigned{bytes[0]} << 8U | bytes[1];
    const unsigned second = unsigned{bytes[2]} << 8U | bytes[3];
    return first == 0x2002 || (first == 0x2001 && (second < 0x200 || second == 0xdb8));
}

}  // namespace

bool is_host_name(std::string_view text) {
    if (text.empty() || text.size() > 253) return false;
    std::string_view rest = text;
    for (;;) {
        const auto dot = rest.find('.');
        const std::string_view label = rest.substr(0, dot);
        if (!is_label(label)) return false;
        if (dot == std::string_view::npos) return !is_number(label);
        rest.remove_prefix(dot + 1);
    }
}

bool is_address(std::string_view text) {
    return parse(text).family != 0;
}

bool is_internal_address(std::string_view text) {
    const Address address = parse(text);
    if (address.family == AF_INET) return is_internal_v4(address);
    return address.family == AF_INET6 && is_internal_v6(address);
}

}  // namespace shoji::policy
