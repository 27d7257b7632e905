// Networks in CIDR notation, IPv4 (RFC 4632) and IPv6 (RFC 4291).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace shoji::sigma {

struct Network {
    std::array<std::uint8_t, 16> address{};  // IPv4: the first four
    std::uint8_t bits = 0;                   // that count
    bool version_6 = false;

    // "10.0.0.0/8", "fe80::/10", or an address alone. Bits beyond the prefix are ignored.
    static std::optional<Network> parse(std::string_view text);
    // An address alone.
    static std::optional<Network> parse_address(std::string_view text);
    // False when `text` is no address. An IPv4 address in IPv6's form (::ffff:10.0.0.1) is one of
    // IPv4.
    [[nodiscard]] bool contains(std::string_view text) const;
    // The same of what parse_address() gave.
    [[nodiscard]] bool contains(const Network& address) const;

    bool operator==(const Network&) const = default;
};

}  // namespace shoji::sigma
