#include "watch/detect/city/meetings.h"

#include "watch/detect/city/names.h"

#include <fmt/format.h>

namespace shoji::city {
namespace {

constexpr Time mean_pause = 30 * hours;
constexpr std::uint64_t media_servers = 40;

}  // namespace

Meetings::Meetings(const World& world, std::uint32_t terminal)
    : Source(never),
      world_(world),
      terminal_(terminal),
      random_(world.random(terminal, 0x3E)),
      presence_(world, terminal, Presence::Of::person) {
    set_due(presence_.from(world.plan().start + random_.exponential(24 * hours)));
}

void Meetings::act(event::Activity& activity) {
    const auto server = random_.below(media_servers);
    site_ = {fmt::format("media{:02}.meeting.example.com", server), address_of(7000 + server)};
    activity.kind = event::ActivityKind::connection;
    activity.host = world_.host(terminal_);
    activity.user = world_.user(terminal_);
    activity.process = R"(C:\Program Files\Meeting\meeting.exe)";
    activity.peer = site_.address;
    activity.domain = site_.name;
    activity.port = 3478;
    activity.protocol = "udp";
    activity.duration = static_cast<Time>(random_.between(20, 110)) * minutes;
    const auto length = static_cast<std::uint64_t>(activity.duration / seconds);
    activity.bytes_out = length * random_.size(60'000, 2);
    activity.bytes_in = length * random_.size(120'000, 2);
    const Time there = presence_.from(due() + activity.duration + random_.exponential(mean_pause));
    // Nobody meets the moment they arrive.
    set_due(there == never ? never : presence_.from(there + random_.exponential(hours)));
}

}  // namespace shoji::city
