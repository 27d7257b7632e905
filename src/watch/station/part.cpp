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

namespace {
bool is_response_news(letters::Note note) {
    return note == letters::Note::response_failed || note == letters::Note::response_waits;
}
}  // namespace

void Part::hear(Clock::time_point now) {
    constexpr std::size_t most_news = 64;
    std::array<std::uint8_t, 1 + letters::most_notice> bytes{};
    while (true) {
        const auto size = ::recv(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_PEEK);
        if (size <= 0) return;
        heard = now;
        const auto says = static_cast<PartSays>(bytes.front());
        if (name == PartName::answerer && says == PartSays::guards) {
            auto packet = base::receive_packet(socket.get(), bytes.size());
            if (packet && packet->bytes.size() == 2 && bytes.at(1) < response::guard_parts) {
                guards.at(bytes.at(1)) = std::move(packet->descriptors);
            }
            continue;
        }
        static_cast<void>(::recv(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT));
        ready = was_ready = true;
        isolation_undone = isolation_undone || says == PartSays::isolation_undone;
        if (name != PartName::answerer || says != PartSays::response_news) continue;
        const auto notice = letters::decode_notice(
            letters::View(bytes).subspan(1, static_cast<std::size_t>(size) - 1));
        if (notice && is_response_news(notice->note) && news.size() < most_news) {
            news.push_back(*notice);
        }
    }
}

void Part::ask_to_end() const {
    static_cast<void>(::shutdown(socket.get(), SHUT_WR));
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
