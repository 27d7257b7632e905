// The tables as bytes, and back. What comes back was perhaps written by somebody else: every number
// that is used as a place is checked before.
#include "watch/detect/beacon/tables.h"

#include <vector>

namespace shoji::beacon {

void Tables::save(base::ByteWriter& writer) {
    hosts.save(writer);
    targets.save(writer);
    pairs.save(writer);
    rhythms.save(writer);
    for (const auto hand : {host_hand_, target_hand_, rhythm_hand_}) writer.write(hand);
    dropped.fields([&](auto value) { writer.write(value); });
}

bool Tables::load(base::ByteReader& reader) {
    if (!hosts.load(reader) || !targets.load(reader) || !pairs.load(reader) ||
        !rhythms.load(reader)) {
        return false;
    }
    for (auto* hand : {&host_hand_, &target_hand_, &rhythm_hand_}) {
        *hand = reader.read<std::uint32_t>();
    }
    dropped.fields([&](std::uint64_t& value) { value = reader.read<std::uint64_t>(); });
    const bool hands_hold = (host_hand_ == 0 || host_hand_ < hosts.reach()) &&
                            (target_hand_ == 0 || target_hand_ < targets.reach()) &&
                            (rhythm_hand_ == 0 || rhythm_hand_ < rhythms.reach());
    return reader.ok() && hands_hold && index_all() && circles_close();
}

bool Tables::index_all() {
    for (std::uint32_t slot = 0; slot < hosts.reach(); ++slot) {
        // Terminals are never forgotten, so that their slots have no holes.
        if (!hosts.used(slot) || hosts[slot].next_client >= Host::clients_kept ||
            host_index_.find(hosts[slot].hash)) {
            return false;
        }
        host_index_.add(hosts[slot].hash, slot);
    }
    std::vector<std::uint32_t> pairs_of(targets.reach());
    for (std::uint32_t slot = 0; slot < pairs.reach(); ++slot) {
        if (!pairs.used(slot)) continue;
        const auto& pair = pairs[slot];
        if (!hosts.used(pair.host) || !targets.used(pair.target) || pair_index_.find(pair.key())) {
            return false;
        }
        if (pair.rhythm != 0 &&
            (!rhythms.used(pair.rhythm - 1) || rhythms[pair.rhythm - 1].pair != slot)) {
            return false;
        }
        ++pairs_of[pair.target];
        pair_index_.add(pair.key(), slot);
    }
    for (std::uint32_t slot = 0; slot < targets.reach(); ++slot) {
        if (!targets.used(slot)) continue;
        if (targets[slot].pairs != pairs_of[slot] || target_index_.find(targets[slot].hash)) {
            return false;
        }
        target_index_.add(targets[slot].hash, slot);
    }
    for (std::uint32_t slot = 0; slot < rhythms.reach(); ++slot) {
        if (!rhythms.used(slot)) continue;
        const auto& rhythm = rhythms[slot];
        if (!rhythm.sound() || !pairs.used(rhythm.pair) || pairs[rhythm.pair].rhythm != slot + 1) {
            return false;
        }
    }
    return true;
}

bool Tables::circles_close() {
    std::uint64_t all = 0;
    for (std::uint32_t slot = 0; slot < hosts.reach(); ++slot) {
        const auto& host = hosts[slot];
        if ((host.hand == 0) != (host.pairs == 0) || host.pairs > pairs.size()) return false;
        if (host.hand == 0) continue;
        const std::uint32_t start = host.hand - 1;
        std::uint32_t at = start;
        for (std::uint32_t i = 0; i < host.pairs; ++i) {
            if (!pairs.used(at) || pairs[at].host != slot || (i > 0 && at == start)) return false;
            at = pairs[at].next;
        }
        if (at != start) return false;
        all += host.pairs;
    }
    return all == pairs.size();
}

}  // namespace shoji::beacon
