#include "watch/detect/sigma/network.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace shoji::sigma {
namespace {

constexpr std::uint8_t bits_of_4 = 32;
constexpr std::uint8_t bits_of_6 = 128;
constexpr std::size_t mapped_prefix = 12;  // ::ffff:0:0/96

// Four numbers in decimal, as inet_pton() takes them, which is slow for what most addresses are.
std::optional<Network> version_4_of(std::string_view text) {
    Network network;
    network.bits = bits_of_4;
    constexpr std::size_t parts = 4;
    for (std::size_t part = 0, at = 0; part < parts; ++part) {
        unsigned int number = 0;
        const std::size_t begin = at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
            const auto digit = static_cast<unsigned int>(text[at] - '0');
            number = number * 10 + digit;
            if (number > 0xff || (at > begin && text[begin] == '0')) return std::nullopt;
        }
        if (at == begin) return std::nullopt;
        network.address[part] = static_cast<std::uint8_t>(number);
        const bool last = part + 1 == parts;
        if (last ? at != text.size() : at == text.size() || text[at++] != '.') return std::nullopt;
    }
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

std::optional<Network> Network::parse_address(std::string_view text) {
    if (text.find(':') == std::string_view::npos) return version_4_of(text);
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.size() >= terminated.size()) return std::nullopt;
    std::ranges::copy(text, terminated.begin());
    Network network;
    if (::inet_pton(AF_INET6, terminated.data(), network.address.data()) != 1) return std::nullopt;
    network.version_6 = true;
    network.bits = bits_of_6;
    return network;
}

std::optional<Network> Network::parse(std::string_view text) {
    const auto slash = text.find('/');
    auto network = parse_address(text.substr(0, slash));
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
    const auto other = parse_address(text);
    return other && contains(*other);
}

bool Network::contains(const Network& given) const {
    const auto other = version_6 ? given : unmapped(given);
    if (other.version_6 != version_6) return false;
    const std::size_t whole = bits / 8;
    if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                    other.address.begin())) {
        return false;
    }
    const unsigned int rest = bits % 8U;
    if (rest == 0) return true;
    const unsigned int mask = 0xff00U >> rest & 0xffU;
    return (address[whole] & mask) == (other.address[whole] & mask);
}

}  // namespace shoji::sigma
