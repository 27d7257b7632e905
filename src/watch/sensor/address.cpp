#include "watch/sensor/address.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

namespace shoji::sensor {

std::string address_text(std::span<const std::uint8_t, 16> address) {
    constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    const bool is_four = std::equal(mapped.begin(), mapped.end(), address.begin());
    char text[INET6_ADDRSTRLEN] = {};
    if (is_four) {
        ::inet_ntop(AF_INET, address.data() + mapped.size(), text, sizeof text);
    } else {
        ::inet_ntop(AF_INET6, address.data(), text, sizeof text);
    }
    return text;
}

}  // namespace shoji::sensor
