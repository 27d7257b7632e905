#include "watch/station/part.h"

#include <algorithm>

#include <sys/socket.h>

namespace shoji::station {

void Part::set_back(Clock::time_point now) {
    constexpr auto steady = std::chrono::minutes(1);
    constexpr unsigned most_doublings = 6;
    if (now - began >= steady) failures = 0;
    const auto pause =
        failures == 0 ? std::chrono::seconds(0) : std::chrono::seconds(1U << (failures - 1));
    start_at = now + std::min<std::chrono::seconds>(pause, steady);
    failures = std::min(failures + 1, most_doublings + 1);
    ++restarts;
    process = -1;
    socket.reset();
    ready = silent = false;
}

void Part::hear(Clock::time_point now) {
    std::array<char, 64> bytes{};
    while (::recv(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
        heard = now;
        ready = was_ready = true;
    }
}

}  // namespace shoji::station
