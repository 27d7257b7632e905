#include "watch/detect/sigma/network.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace shoji::sigma {
namespace {

constexpr std::uint8_t bits_of_4 = 32;
constexpr std::uint8_t bits_of_6 = 128;
constexpr std::size_t mapped_prefix = 12;  // ::ffff:0:0/96

std::optional<Network> address_of(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.size() >= terminated.size()) return std::nullopt;
    std::ranges::copy(text, terminated.begin());
    Network network;
    if (::inet_pton(AF_INET, terminated.data(), network.address.data()) == 1) {
        network.bits = bits_of_4;
        return network;
    }
    if (::inet_pton(AF_INET6, terminated.data(), network.address.data()) != 1) return std::nullopt;
    network.version_6 = true;
    network.bits = bits_of_6;
    return network;
}

Network unmapped(Network network) {
    constexpr std::array<std::uint8_t, mapped_prefix> mapped{0, 0, 0, 0, 0,    0,
                                                             0, 0, 0, 0, 0xff, 0xff};
    if (!network.version_6 || !std::equal(mapped.begin(), mapped.end(), network.address.begin())) {
        return network;
    }
    Network version_4;
    std::copy_n(network.address.begin() + mapped_prefix, 4, version_4.address.begin());
    version_4.bits = bits_of_4;
    return version_4;
}

}  // namespace

std::optional<Network> Network::parse(std::string_view text) {
    const auto slash = text.find('/');
    auto network = address_of(text.substr(0, slash));
    if (!network || slash == std::string_view::npos) return network;
    const auto length = text.substr(slash + 1);
    std::uint8_t bits = 0;
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (error != std::errc{} || end != length.data() + length.size() || bits > network->bits) {
        return std::nullopt;
    }
    network->bits = bits;
    return network;
}

bool Network::contains(std::string_view text) const {
    auto other = address_of(text);
    if (!other) return false;
    if (!version_6) other = unmapped(*other);
    if (other->version_6 != version_6) return false;
    const std::size_t whole = bits / 8;
    if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                    other->address.begin())) {
        return false;
    }
    const unsigned int rest = bits % 8U;
    if (rest == 0) return true;
    const unsigned int mask = 0xff00U >> rest & 0xffU;
    return (address[whole] & mask) == (other->address[whole] & mask);
}

}  // namespace shoji::sigma
