#include "watch/detect/city/attack.h"

#include "watch/detect/city/attack/beacon.h"
#include "watch/detect/city/attack/denied.h"
#include "watch/detect/city/attack/dns_beacon.h"
#include "watch/detect/city/attack/generated_names.h"
#include "watch/detect/city/attack/long_connection.h"
#include "watch/detect/city/attack/rare_destination.h"

#include <algorithm>

namespace shoji::city {

AttackSource::AttackSource(const World& world, const Attack& attack, std::uint64_t number)
    : Source(never),
      world_(world),
      attack_(attack),
      random_(mix(world.plan().seed, number, 0xA77AC)),
      presence_(world, attack.host, Presence::Of::machine) {
    if (attack_.end == 0) attack_.end = world.end();
    set_due(presence_.from(std::max(attack.start, world.plan().start)));
    if (due() >= attack_.end) set_due(never);
}

void AttackSource::sign(event::Activity& activity) const {
    activity.host = world_.host(attack_.host);
    activity.user = world_.user(attack_.host);
    activity.process = R"(C:\Users\Public\Libraries\helper.exe)";
    activity.process_id = 4242;
}

void AttackSource::again_after(Time pause) {
    const Time next = presence_.from(due() + pause);
    set_due(next >= attack_.end ? never : next);
}

Time AttackSource::interval(Time usual, std::uint32_t percent) {
    const Time middle = attack_.interval == 0 ? usual : attack_.interval;
    const Time reach = middle / 100 * percent;
    if (reach < seconds / 1000) return middle;
    const auto steps = static_cast<std::uint64_t>(2 * reach / (seconds / 1000));
    return middle - reach + static_cast<Time>(random_.below(steps)) * (seconds / 1000);
}

std::string_view name_of(AttackKind kind) {
    switch (kind) {
        case AttackKind::fixed_beacon:
            return "fixed beacon";
        case AttackKind::jittered_beacon:
            return "jittered beacon";
        case AttackKind::office_beacon:
            return "beacon in office hours";
        case AttackKind::slow_beacon:
            return "slow beacon";
        case AttackKind::long_connection:
            return "long connection";
        case AttackKind::fronted_beacon:
            return "fronted beacon";
        case AttackKind::dns_beacon:
            return "DNS beacon";
        case AttackKind::generated_names:
            return "generated names";
        case AttackKind::denied_connection:
            return "denied connection";
        case AttackKind::rare_destination:
            return "rare destination";
    }
    return {};
}

std::unique_ptr<Source> make_attack(const World& world, const Attack& attack,
                                    std::uint64_t number) {
    switch (attack.kind) {
        case AttackKind::fixed_beacon:
        case AttackKind::jittered_beacon:
        case AttackKind::office_beacon:
        case AttackKind::slow_beacon:
        case AttackKind::fronted_beacon:
            return std::make_unique<Beacon>(world, attack, number);
        case AttackKind::long_connection:
            return std::make_unique<LongConnection>(world, attack, number);
        case AttackKind::dns_beacon:
            return std::make_unique<DnsBeacon>(world, attack, number);
        case AttackKind::generated_names:
            return std::make_unique<GeneratedNames>(world, attack, number);
        case AttackKind::denied_connection:
            return std::make_unique<Denied>(world, attack, number);
        case AttackKind::rare_destination:
            return std::make_unique<RareDestination>(world, attack, number);
    }
    return nullptr;
}

}  // namespace shoji::city
