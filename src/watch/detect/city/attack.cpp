#include "watch/detect/city/attack.h"

#include "watch/detect/city/attack/beacon.h"
#include "watch/detect/city/attack/denied.h"
#include "watch/detect/city/attack/dns_beacon.h"
#include "watch/detect/city/attack/exfiltration.h"
#include "watch/detect/city/attack/generated_names.h"
#include "watch/detect/city/attack/long_connection.h"
#include "watch/detect/city/attack/rare_destination.h"

#include <algorithm>
#include <stdexcept>

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
        case AttackKind::loud_upload:
            return "loud upload";
        case AttackKind::storage_pieces:
            return "pieces to a storage site";
        case AttackKind::night_upload:
            return "upload at night";
        case AttackKind::https_drip:
            return "a byte a second over HTTPS";
        case AttackKind::dns_tunnel_fast:
            return "fast DNS tunnel";
        case AttackKind::dns_tunnel_slow:
            return "slow DNS tunnel";
        case AttackKind::icmp_tunnel:
            return "ICMP tunnel";
        case AttackKind::stick_copy:
            return "copy to a stick";
        case AttackKind::archive_mail:
            return "archives by mail";
        case AttackKind::print_volume:
            return "volume of print";
        case AttackKind::paste_upload:
            return "paste site";
        case AttackKind::ssh_tunnel:
            return "SSH on port 443";
        case AttackKind::archive_then_send:
            return "classified, packed, sent";
        case AttackKind::session_input:
            return "My Numbers into a session";
        case AttackKind::share_copy:
            return "copy to another's share";
    }
    return {};
}

namespace {

std::unique_ptr<Source> make_exfiltration(const World& world, const Attack& attack,
                                          std::uint64_t number) {
    switch (attack.kind) {
        case AttackKind::loud_upload:
            return make_loud_upload(world, attack, number);
        case AttackKind::storage_pieces:
            return make_storage_pieces(world, attack, number);
        case AttackKind::night_upload:
            return make_night_upload(world, attack, number);
        case AttackKind::https_drip:
            return make_https_drip(world, attack, number);
        case AttackKind::dns_tunnel_fast:
        case AttackKind::dns_tunnel_slow:
            return make_dns_tunnel(world, attack, number);
        case AttackKind::icmp_tunnel:
            return make_icmp_tunnel(world, attack, number);
        case AttackKind::stick_copy:
            return make_stick_copy(world, attack, number);
        case AttackKind::archive_mail:
            return make_archive_mail(world, attack, number);
        case AttackKind::print_volume:
            return make_print_volume(world, attack, number);
        case AttackKind::paste_upload:
            return make_paste_upload(world, attack, number);
        case AttackKind::ssh_tunnel:
            return make_ssh_tunnel(world, attack, number);
        case AttackKind::archive_then_send:
            return make_archive_then_send(world, attack, number);
        case AttackKind::session_input:
            return make_session_input(world, attack, number);
        case AttackKind::share_copy:
            return make_share_copy(world, attack, number);
        default:
            throw std::invalid_argument("no such kind of attack");
    }
}

}  // namespace

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
        default:
            return make_exfiltration(world, attack, number);
    }
}

}  // namespace shoji::city
