// Names and addresses as the detector compares them.
#pragma once

#include "watch/event/activity.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace shoji::beacon {

// RFC 1035, 2.3.4: what is longer is no name; only its first bytes count then.
constexpr std::size_t longest_name = 253;

// Without the final dot, capital letters made small, at most `longest_name` bytes. Views into
// `buffer`.
std::string_view normal_name(std::string_view name, std::string& buffer);

// The part that somebody registered: the last two labels, or three where the second to last is one
// of those that registries of countries sell under (co.jp, ac.uk). The whole of it where there are
// fewer. An approximation of publicsuffix.org's list, whose age would have to be looked after.
std::string_view registered_domain(std::string_view name);
// Its first label.
std::string_view registered_label(std::string_view name);

// An address that is not routed on the Internet: RFC 1918, 3927, 4193, 4291 (loopback, link-local).
bool is_inside_address(std::string_view address);

// How a destination is told and told apart: what kind of contact, to whom, by which host header.
struct Destination {
    enum class Way : std::uint8_t { direct, dns, denied };

    Way way = Way::direct;
    std::string_view name;
    // The host header, when it differs from the name: a front. "-" when a request has none.
    std::string_view header;

    [[nodiscard]] std::string text() const;
};

}  // namespace shoji::beacon
