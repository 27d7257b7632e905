// IP addresses and what lies behind them. Pure: no system is asked; the rules are a table after the
// IANA special-purpose address registries (RFC 6890).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shoji::egress {

// IPv4 or IPv6. An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) becomes the IPv4 address that it
// means to the kernel, so that no check sees another address than the one connected to.
class Address {
  public:
    using Version4 = std::array<std::uint8_t, 4>;
    using Version6 = std::array<std::uint8_t, 16>;

    explicit Address(const Version4& bytes);
    explicit Address(const Version6& bytes);
    // The forms that inet_pton(3) reads: four decimal numbers, or IPv6 without brackets or zone.
    static std::optional<Address> from_text(std::string_view text);

    [[nodiscard]] bool is_version4() const { return version4_; }
    [[nodiscard]] Version4 version4() const;  // precondition: is_version4()
    [[nodiscard]] const Version6& version6() const { return bytes_; }
    // The IPv4 address that a NAT64 gateway reaches through this one (RFC 6052, 64:ff9b::/96).
    [[nodiscard]] std::optional<Address> behind_nat64() const;
    [[nodiscard]] std::string to_text() const;
    [[nodiscard]] int bits() const { return version4_ ? 32 : 128; }
    // Bit `index` from the left, 0 to bits() - 1.
    [[nodiscard]] bool bit(int index) const;

    friend bool operator==(const Address&, const Address&) = default;

  private:
    Version6 bytes_{};  // of IPv4: the mapped form
    bool version4_ = false;
};

class Network {
  public:
    // "10.1.0.0/16"; bits beyond the prefix are ignored. IPv4-mapped networks become IPv4 ones.
    static std::optional<Network> from_text(std::string_view text);
    [[nodiscard]] bool contains(const Address& address) const;

  private:
    Network(const Address& base, int prefix) : base_(base), prefix_(prefix) {}

    Address base_;
    int prefix_;
};

enum class Reach {
    global,  // the Internet
    inside,  // loopback, link-local, private, shared, documentation: only where an origin says so
    never,   // unspecified, multicast, broadcast, reserved, cloud metadata, or a transition form
             // that would hide another address
};

Reach reach_of(const Address& address);

}  // namespace shoji::egress
