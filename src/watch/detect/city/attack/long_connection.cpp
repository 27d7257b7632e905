#include "watch/detect/city/attack/long_connection.h"

#include "watch/detect/city/names.h"

namespace shoji::city {

LongConnection::LongConnection(const World& world, const Attack& attack, std::uint64_t number)
    : AttackSource(world, attack, number),
      site_{site_name(0x10C60000 + number), address_of(0x10C60000 + number)} {}

void LongConnection::act(event::Activity& activity) {
    sign(activity);
    activity.kind = event::ActivityKind::connection;
    activity.peer = site_.address;
    activity.domain = site_.name;
    activity.port = 443;
    activity.protocol = "tls";
    activity.signature = signature("72a589da586844d7f0818ce684948eea");
    activity.duration = interval(9 * hours, 5);
    activity.bytes_out = random().size(bytes(900'000), 1);
    activity.bytes_in = random().size(bytes(900'000) / 3, 1);
    again_after(activity.duration + seconds);
}

}  // namespace shoji::city
