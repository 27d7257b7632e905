#include "screen/egress/address.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include <arpa/inet.h>

namespace shoji::egress {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::array<std::uint8_t, 12> nat64_prefix{0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

struct Rule {
    const char* network;
    Reach reach;
};

// The first that contains the address decides. Cloud metadata stands before the networks that it
// lies in: those addresses hand out credentials to whoever asks.
constexpr Rule rules4[] = {
    {"0.0.0.0/8", Reach::never},           // this host (RFC 791): the kernel reads it as loopback
    {"10.0.0.0/8", Reach::inside},         // private (RFC 1918)
    {"100.100.100.200/32", Reach::never},  // metadata (Alibaba Cloud)
    {"100.64.0.0/10", Reach::inside},      // shared by carriers (RFC 6598)
    {"127.0.0.0/8", Reach::inside},        // loopback (RFC 1122)
    {"169.254.169.0/24", Reach::never},    // metadata (AWS, Azure, Google, Oracle)
    {"169.254.170.0/24", Reach::never},    // metadata (AWS containers)
    {"169.254.0.0/16", Reach::inside},     // link-local (RFC 3927)
    {"172.16.0.0/12", Reach::inside},      // private (RFC 1918)
    {"192.0.0.0/24", Reach::never},        // protocol assignments (RFC 6890), metadata (Oracle)
    {"192.0.2.0/24", Reach::inside},       // documentation (RFC 5737)
    {"192.88.99.0/24", Reach::never},      // 6to4 relays (RFC 7526)
    {"192.168.0.0/16", Reach::inside},     // private (RFC 1918)
    {"198.18.0.0/15", Reach::inside},      // benchmarks (RFC 2544)
    {"198.51.100.0/24", Reach::inside},    // documentation (RFC 5737)
    {"203.0.113.0/24", Reach::inside},     // documentation (RFC 5737)
    {"224.0.0.0/4", Reach::never},         // multicast (RFC 5771)
    {"240.0.0.0/4", Reach::never},         // reserved, broadcast (RFC 1112, RFC 919)
    {"0.0.0.0/0", Reach::global},
};

constexpr Rule rules6[] = {
    {"::1/128", Reach::inside},                // loopback (RFC 4291)
    {"2001::/32", Reach::never},               // Teredo (RFC 4380)
    {"2001:2::/48", Reach::inside},            // benchmarks (RFC 5180)
    {"2001:10::/28", Reach::never},            // ORCHID (RFC 4843)
    {"2001:20::/28", Reach::never},            // ORCHIDv2 (RFC 7343)
    {"2001:db8::/32", Reach::inside},          // documentation (RFC 3849)
    {"2002::/16", Reach::never},               // 6to4 (RFC 3056)
    {"3fff::/20", Reach::inside},              // documentation (RFC 9637)
    {"2000::/3", Reach::global},               // all that is given out as unicast (RFC 4291)
    {"fd00:ec2::/32", Reach::never},           // metadata (AWS)
    {"fd20:ce::254/128", Reach::never},        // metadata (Google)
    {"fd00:c1::a9fe:a9fe/128", Reach::never},  // metadata (Oracle)
    {"fc00::/7", Reach::inside},               // unique local (RFC 4193)
    {"fe80::/10", Reach::inside},              // link-local (RFC 4291)
    {"fec0::/10", Reach::inside},              // site-local (RFC 3879)
    {"::/0", Reach::never},  // unspecified, IPv4-compatible, discard, multicast, not given out
};

struct Entry {
    Network network;
    Reach reach;
};

template <std::size_t count>
std::vector<Entry> compile(const Rule (&rules)[count]) {
    std::vector<Entry> entries;
    for (const auto& rule : rules) {
        entries.push_back({Network::from_text(rule.network).value(), rule.reach});
    }
    return entries;
}

}  // namespace

Address::Address(const Version4& bytes) : version4_(true) {
    std::ranges::copy(mapped_prefix, bytes_.begin());
    std::ranges::copy(bytes, bytes_.begin() + mapped_prefix.size());
}

Address::Address(const Version6& bytes)
    : bytes_(bytes),
      version4_(std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin())) {}

std::optional<Address> Address::from_text(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    const std::string terminated(text);
    Version4 four{};
    if (inet_pton(AF_INET, terminated.c_str(), four.data()) == 1) return Address(four);
    Version6 six{};
    if (inet_pton(AF_INET6, terminated.c_str(), six.data()) == 1) return Address(six);
    return std::nullopt;
}

Address::Version4 Address::version4() const {
    Version4 bytes{};
    std::copy_n(bytes_.begin() + mapped_prefix.size(), bytes.size(), bytes.begin());
    return bytes;
}

std::optional<Address> Address::behind_nat64() const {
    if (version4_ || !std::equal(nat64_prefix.begin(), nat64_prefix.end(), bytes_.begin())) {
        return std::nullopt;
    }
    return Address(version4());
}

std::string Address::to_text() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const auto four = version4();
    const void* bytes = version4_ ? static_cast<const void*>(four.data()) : bytes_.data();
    inet_ntop(version4_ ? AF_INET : AF_INET6, bytes, text.data(), text.size());
    return text.data();
}

bool Address::bit(int index) const {
    const auto from_left = static_cast<std::size_t>(index) + (version4_ ? 96 : 0);
    return (bytes_.at(from_left / 8) >> (7 - from_left % 8) & 1) != 0;
}

std::optional<Network> Network::from_text(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto address_text = text.substr(0, slash);
    const auto base = Address::from_text(address_text);
    int prefix = -1;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, prefix);
    if (!base || error != std::errc{} || stop != end || prefix < 0) return std::nullopt;
    if (base->is_version4() && address_text.find(':') != std::string_view::npos) prefix -= 96;
    if (prefix < 0 || prefix > base->bits()) return std::nullopt;
    return Network(*base, prefix);
}

bool Network::contains(const Address& address) const {
    if (address.is_version4() != base_.is_version4()) return false;
    for (int index = 0; index < prefix_; ++index) {
        if (address.bit(index) != base_.bit(index)) return false;
    }
    return true;
}

Reach reach_of(const Address& address) {
    static const auto entries4 = compile(rules4);
    static const auto entries6 = compile(rules6);
    if (const auto behind = address.behind_nat64()) return reach_of(*behind);
    const auto& entries = address.is_version4() ? entries4 : entries6;
    return std::ranges::find_if(entries,
                                [&](const Entry& entry) { return entry.network.contains(address); })
        ->reach;
}

}  // namespace shoji::egress
