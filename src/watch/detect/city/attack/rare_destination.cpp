#include "watch/detect/city/attack/rare_destination.h"

#include "watch/detect/city/names.h"

#include <fmt/format.h>

namespace shoji::city {

RareDestination::RareDestination(const World& world, const Attack& attack, std::uint64_t number)
    : AttackSource(world, attack, number),
      site_{fmt::format("midori{}-young.example", number), address_of(0x2A2E0000 + number)} {}

void RareDestination::act(event::Activity& activity) {
    if (left_ == 0) left_ = random().between(6, 18);
    sign(activity);
    activity.kind = event::ActivityKind::request;
    activity.peer = site_.address;
    activity.domain = site_.name;
    activity.host_header = site_.name;
    activity.port = 443;
    activity.protocol = "tls";
    activity.method = "GET";
    activity.signature = signature("51c64c77e60f3980eea90869b68c58a8");
    activity.duration = static_cast<Time>(random().size(300, 3)) * seconds / 1000;
    activity.bytes_out = random().size(bytes(1500), 3);
    activity.bytes_in = random().size(20'000, 4);
    --left_;
    const Time mean = attack().interval == 0 ? 30 * hours : attack().interval;
    again_after(random().exponential(left_ == 0 ? mean : 2 * minutes));
}

}  // namespace shoji::city
