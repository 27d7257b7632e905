#include "watch/detect/city/polling.h"

#include "watch/detect/city/names.h"

#include <array>

namespace shoji::city {
namespace {

constexpr std::string_view browser = R"(C:\Program Files\Microsoft\Edge\Application\msedge.exe)";

}  // namespace

Polling::Polling(const World& world, std::uint32_t terminal)
    : Source(never),
      world_(world),
      terminal_(terminal),
      random_(world.random(terminal, 0x71)),
      presence_(world, terminal, Presence::Of::person) {
    // Most of these pages are known to many.
    const auto number = random_.below(3) == 0 ? 2000 + random_.below(5000) : random_.below(20);
    site_ = {site_name(number), address_of(number)};
    constexpr std::array<Time, 5> usual{15, 30, 60, 120, 300};
    every_ = usual[random_.below(usual.size())] * seconds;
    set_due(presence_.from(world.plan().start + random_.exponential(8 * hours)));
}

void Polling::act(event::Activity& activity) {
    if (due() >= closes_) closes_ = due() + random_.exponential(90 * minutes);
    activity.kind = event::ActivityKind::request;
    activity.host = world_.host(terminal_);
    activity.user = world_.user(terminal_);
    activity.process = browser;
    activity.peer = site_.address;
    activity.domain = site_.name;
    activity.host_header = site_.name;
    activity.port = 443;
    activity.protocol = "tls";
    activity.method = "GET";
    activity.signature = world_.browser_signature(terminal_);
    activity.duration = static_cast<Time>(random_.size(60, 2)) * seconds / 1000;
    activity.bytes_out = 640 + random_.below(40);
    activity.bytes_in = random_.size(4000, 3);
    // Browsers slow the clocks of pages in the background, by up to a tenth.
    const auto slack = static_cast<std::uint64_t>(every_ / 10);
    Time next = due() + every_ + static_cast<Time>(mix(random_.next()) % slack);
    if (next >= closes_) next = closes_ + random_.exponential(16 * hours);
    set_due(presence_.from(next));
}

}  // namespace shoji::city
