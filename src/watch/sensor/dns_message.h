// One message of DNS (RFC 1035, 4): what was asked, and the addresses and names of the answer. The
// bytes are an enemy's: names are bounded in length, labels and pointers, pointers only lead
// backwards, and answers beyond the most that are kept are passed over.
#pragma once

#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sensor {

struct DnsAnswer {
    std::uint16_t type = 0;
    // Of A and AAAA the address (IPv4 mapped into IPv6), of CNAME, NS and PTR the name.
    std::array<std::uint8_t, 16> address{};
    std::string name;
};

struct DnsMessage {
    static constexpr std::size_t most_answers = 64;

    std::uint16_t id = 0;
    bool is_answer = false;
    bool is_cut = false;      // it says so itself, or the record holds less of it
    std::uint8_t status = 0;  // 0: no error, 3: there is no such name
    std::string name;         // as presented (RFC 4343, 2.1), without the dot at its end
    std::uint16_t type = 0;
    std::vector<DnsAnswer> answers;
};

// `whole` is false when bytes are missing at the end: then answers that are not there are no error.
base::Result<DnsMessage> parse_dns(std::span<const std::uint8_t> bytes, bool whole);

// "A", "AAAA", "TXT" …; empty for types that have no name here.
std::string_view dns_type_name(std::uint16_t type);

constexpr std::uint16_t dns_a = 1;
constexpr std::uint16_t dns_aaaa = 28;

}  // namespace shoji::sensor
