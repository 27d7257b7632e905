#include "watch/detect/city/attack/dns_beacon.h"

#include "watch/detect/city/names.h"

#include <algorithm>

#include <fmt/format.h>

namespace shoji::city {

DnsBeacon::DnsBeacon(const World& world, const Attack& attack, std::uint64_t number)
    : AttackSource(world, attack, number), domain_(site_name(0xD5BE0000 + number)) {}

void DnsBeacon::act(event::Activity& activity) {
    sign(activity);
    // A label holds 63 bytes (RFC 1035, 2.3.4).
    const auto length = std::min<std::size_t>(bytes(12), 60);
    name_ =
        fmt::format("{}.{:x}.{}", chance_label(random().next(), length, true), count_++, domain_);
    answer_ = chance_label(random().next(), 16, true);
    activity.kind = event::ActivityKind::query;
    activity.peer = "10.0.0.3";
    activity.domain = name_;
    activity.port = 53;
    activity.protocol = "dns";
    activity.method = "TXT";
    activity.text = answer_;
    activity.bytes_out = 30 + name_.size();
    activity.bytes_in = 60 + name_.size() + answer_.size();
    again_after(interval(2 * minutes, attack().jitter_percent == 0 ? 20 : attack().jitter_percent));
}

}  // namespace shoji::city
