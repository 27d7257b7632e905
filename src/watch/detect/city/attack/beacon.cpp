#include "watch/detect/city/attack/beacon.h"

#include "watch/detect/city/names.h"

namespace shoji::city {

Beacon::Beacon(const World& world, const Attack& attack, std::uint64_t number)
    : AttackSource(world, attack, number),
      site_{site_name(0xBEAC0000 + number), address_of(0xBEAC0000 + number)},
      header_(site_.name) {
    switch (attack.kind) {
        case AttackKind::jittered_beacon:
            jitter_ = 30;
            break;
        case AttackKind::office_beacon:
            usual_ = 2 * minutes;
            jitter_ = 20;
            break;
        case AttackKind::slow_beacon:
            usual_ = 5 * hours;
            jitter_ = 10;
            break;
        case AttackKind::fronted_beacon:
            jitter_ = 10;
            site_ = world.included(number % 8);
            if (attack.bytes % 2 == 1) header_.clear();
            break;
        default:
            break;
    }
    if (attack.jitter_percent != 0) jitter_ = attack.jitter_percent;
}

bool Beacon::in_office(Time time) const {
    const Time since = time - world().plan().start;
    return world().workday(since / days) && since % days >= 9 * hours && since % days < 17 * hours;
}

void Beacon::act(event::Activity& activity) {
    sign(activity);
    activity.kind = event::ActivityKind::request;
    activity.peer = site_.address;
    activity.domain = site_.name;
    activity.host_header = header_;
    activity.port = 443;
    activity.protocol = "tls";
    activity.method = "POST";
    activity.signature = signature("a0e9f5d64349fb13191bc781f81f42e1");
    const bool task = random().per_mille(20);
    activity.duration = static_cast<Time>(random().size(90, 1)) * seconds / 1000;
    activity.bytes_out = bytes(420) + random().below(24) + (task ? random().size(9000, 4) : 0);
    activity.bytes_in = 180 + random().below(12) + (task ? random().size(40'000, 3) : 0);
    Time pause = interval(usual_, jitter_);
    if (attack().kind == AttackKind::office_beacon) {
        while (!in_office(due() + pause) && due() + pause < world().end()) pause += minutes;
    }
    again_after(pause);
}

}  // namespace shoji::city
