#include "watch/detect/city/service.h"

namespace shoji::city {

bool has_service(const World& world, std::uint32_t host, std::size_t service) {
    const auto& one = services()[service];
    if ((one.on == Service::On::servers) != (host >= world.terminals())) return false;
    return mix(world.plan().seed, host, 0x5E00 + service) % 1000 < one.per_mille;
}

ServiceSource::ServiceSource(const World& world, std::uint32_t host, std::size_t service)
    : Source(never),
      world_(world),
      service_(services()[service]),
      host_(host),
      random_(world.random(host, 0x5F00 + service)),
      presence_(world, host, Presence::Of::machine) {
    site_.name = service_.name;
    if (const auto mark = site_.name.find('#'); mark != std::string::npos) {
        site_.name.replace(mark, 1, chance_label(mix(host, service), 8, true));
    }
    site_.address = service_.peer.empty() ? address_of(mix(service, 0x5D)) : service_.peer;
    const auto spread = static_cast<std::uint64_t>(service_.every / seconds);
    const Time first = service_.at < 0
                           ? world.plan().start + static_cast<Time>(random_.below(spread)) * seconds
                           : after(world.plan().start - days);
    set_due(presence_.from(first));
}

Time ServiceSource::after(Time time) {
    const auto range =
        static_cast<std::uint64_t>(service_.every / 100 * service_.jitter_percent / 500'000);
    const Time jitter = range == 0 ? 0
                                   : static_cast<Time>(random_.below(range)) * 1'000'000 -
                                         static_cast<Time>(range / 2) * 1'000'000;
    if (service_.at < 0) return time + service_.every + jitter;
    const Time passed = (time - world_.plan().start) / days;
    return world_.plan().start + (passed + 1) * days + service_.at + jitter;
}

void ServiceSource::act(event::Activity& activity) {
    activity.kind = service_.kind;
    activity.host = world_.host(host_);
    activity.user = "SYSTEM";
    activity.process = service_.process;
    activity.peer = site_.address;
    activity.domain = site_.name;
    activity.port = service_.port;
    activity.protocol = service_.protocol;
    activity.signature = service_.signature;
    if (service_.kind == event::ActivityKind::request) {
        activity.host_header = site_.name;
        activity.method = service_.bytes_out > service_.bytes_in ? "POST" : "GET";
    }
    if (service_.kind == event::ActivityKind::query) {
        activity.method = "A";
        activity.text = "10.0.0.10";
    }
    activity.denied = service_.denied;
    if (!service_.denied) {
        activity.duration = static_cast<Time>(
            random_.size(static_cast<std::uint64_t>(service_.duration), service_.octaves));
        activity.bytes_in = random_.size(service_.bytes_in, service_.octaves);
    }
    activity.bytes_out = random_.size(service_.bytes_out, service_.octaves);
    Time next = after(due());
    // A connection that is kept open is opened again when it has ended.
    if (next < due() + activity.duration) next = due() + activity.duration + seconds;
    const Time there = presence_.from(next);
    // Not all machines start at the same moment of their service's clock.
    set_due(there == next || there == never
                ? there
                : there + static_cast<Time>(random_.below(120)) * seconds);
}

}  // namespace shoji::city
