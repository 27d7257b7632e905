#include "watch/sensor/address.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

namespace shoji::sensor {

std::string address_text(const std::uint8_t (&address)[16]) {
    constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    const bool is_four = std::equal(mapped.begin(), mapped.end(), address);
    char text[INET6_ADDRSTRLEN] = {};
    if (is_four) {
        ::inet_ntop(AF_INET, address + mapped.size(), text, sizeof text);
    } else {
        ::inet_ntop(AF_INET6, address, text, sizeof text);
    }
    return text;
}

}  // namespace shoji::sensor
