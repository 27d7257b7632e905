#include "watch/station/part.h"

#include "core/base/unix_socket.h"

#include <algorithm>
#include <utility>

#include <sys/socket.h>

namespace shoji::station {

namespace {
constexpr auto steady = std::chrono::minutes(1);
}  // namespace

bool Part::is_news(bool by_force, Clock::time_point now) {
    if (now - began >= steady) ended_by_itself = false;
    if (by_force) return true;
    return !std::exchange(ended_by_itself, true);
}

void Part::set_back(Clock::time_point now) {
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
    links.clear();
}

void Part::hear(Clock::time_point now) {
    std::array<char, 64> bytes{};
    while (::recv(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
        heard = now;
        ready = was_ready = true;
        const auto undone = static_cast<char>(PartSays::isolation_undone);
        isolation_undone = isolation_undone || bytes.front() == undone;
    }
}

void Part::give(LinkPacket link) {
    // An older one has lost its other end.
    std::erase_if(links, [&](const LinkPacket& one) { return one.whose == link.whose; });
    links.push_back(std::move(link));
    give_links();
}

void Part::give_links() {
    std::erase_if(links, [this](const LinkPacket& link) {
        const std::array<int, 1> descriptor{link.end.get()};
        return base::send_packet(socket.get(), link.bytes, descriptor).has_value();
    });
}

}  // namespace shoji::station
