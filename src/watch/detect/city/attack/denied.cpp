#include "watch/detect/city/attack/denied.h"

#include "watch/detect/city/names.h"

namespace shoji::city {

Denied::Denied(const World& world, const Attack& attack, std::uint64_t number)
    : AttackSource(world, attack, number), address_(address_of(0xDE210000 + number)) {}

void Denied::act(event::Activity& activity) {
    // What a firewall writes: no process, no name.
    activity.kind = event::ActivityKind::connection;
    activity.host = world().host(attack().host);
    activity.peer = address_;
    activity.port = 8443;
    activity.protocol = "tcp";
    activity.denied = true;
    again_after(
        interval(10 * minutes, attack().jitter_percent == 0 ? 20 : attack().jitter_percent));
}

}  // namespace shoji::city
