// Addresses of the network as text.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace shoji::sensor {

// Of IPv6, or of IPv4 that is mapped into it, which is written as IPv4.
std::string address_text(std::span<const std::uint8_t, 16> address);

}  // namespace shoji::sensor
