#include "watch/detect/beacon/destination.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace shoji::beacon {
namespace {

constexpr std::array<std::string_view, 14> sold_under{
    "ac", "ad", "co", "com", "ed", "edu", "go", "gov", "gr", "lg", "ne", "net", "or", "org"};
constexpr std::size_t country = 2;

bool starts_with_172_16(std::string_view address) {
    if (!address.starts_with("172.")) return false;
    address.remove_prefix(4);
    const auto octet = address.substr(0, address.find('.'));
    return octet.size() == 2 && octet >= "16" && octet <= "31";
}

// The dot before the label that ends at `end`, or npos.
std::size_t dot_before(std::string_view name, std::size_t end) {
    return end == 0 ? std::string_view::npos : name.rfind('.', end - 1);
}

}  // namespace

std::string_view normal_name(std::string_view name, std::string& buffer) {
    name = name.substr(0, longest_name);
    if (name.ends_with('.')) name.remove_suffix(1);
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (std::ranges::none_of(name, capital)) return name;
    buffer.assign(name);
    for (char& c : buffer) {
        if (capital(c)) c = static_cast<char>(c - 'A' + 'a');
    }
    return buffer;
}

std::string_view registered_domain(std::string_view name) {
    const auto last = name.rfind('.');
    if (last == std::string_view::npos) return name;
    auto start = dot_before(name, last);
    if (start == std::string_view::npos) return name;
    const auto second = name.substr(start + 1, last - start - 1);
    if (name.size() - last - 1 == country && std::ranges::count(sold_under, second) != 0) {
        start = dot_before(name, start);
        if (start == std::string_view::npos) return name;
    }
    return name.substr(start + 1);
}

std::string_view registered_label(std::string_view name) {
    const auto domain = registered_domain(name);
    return domain.substr(0, domain.find('.'));
}

bool is_inside_address(std::string_view address) {
    const bool version_6 = address.find(':') != std::string_view::npos;
    if (version_6) {
        return address == "::1" || address.starts_with("fe80:") || address.starts_with("fc") ||
               address.starts_with("fd");
    }
    return address.starts_with("10.") || address.starts_with("192.168.") ||
           address.starts_with("127.") || address.starts_with("169.254.") ||
           starts_with_172_16(address);
}

std::string Destination::text() const {
    const std::string_view front = way == Way::dns ? "dns:" : way == Way::denied ? "denied:" : "";
    if (header.empty()) return fmt::format("{}{}", front, name);
    if (header == "-") return fmt::format("{}{} without a header", front, name);
    return fmt::format("{}{} as {}", front, name, header);
}

}  // namespace shoji::beacon
