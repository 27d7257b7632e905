#include "watch/detect/beacon/tables.h"

#include <algorithm>

namespace shoji::beacon {
namespace {

constexpr std::uint32_t day = 86'400;
constexpr std::uint32_t sampled_pairs = 8;
constexpr std::uint32_t sampled_targets = 16;
constexpr std::uint32_t sampled_rhythms = 16;
constexpr std::uint32_t no_client = 0;

template <class T>
constexpr std::size_t cost(std::size_t count, bool indexed) {
    return count * (sizeof(T) + Slab<T>::overhead) + (indexed ? Index::bytes_for(count) : 0);
}

template <class T>
std::uint32_t share(std::size_t bytes, bool indexed) {
    return static_cast<std::uint32_t>(bytes / (cost<T>(1000, indexed) / 1000 + 1));
}

}  // namespace

Limits Limits::of(std::size_t memory_bytes) {
    const std::size_t bytes = std::max(memory_bytes, std::size_t{1} << 20);
    Limits limits;
    // As a city of 20,000 terminals fills them in a day.
    limits.hosts = share<Host>(bytes / 16, true);
    limits.targets = share<Target>(bytes / 16 * 3, true);
    limits.pairs = share<Pair>(bytes / 16 * 8, true);
    limits.rhythms = share<Rhythm>(bytes / 16 * 4, false);
    limits.pairs_of_host = std::clamp<std::uint32_t>(limits.pairs / 64, 64, 4096);
    return limits;
}

std::size_t Limits::bytes() const {
    return cost<Host>(hosts, true) + cost<Target>(targets, true) + cost<Pair>(pairs, true) +
           cost<Rhythm>(rhythms, false);
}

void Host::awake(std::uint32_t time) {
    if (first == 0) first = last = time;
    if (time <= last) return;
    if (time - last > most_silent) off += time - last;
    last = time;
}

bool Host::uses(std::uint32_t client, std::uint32_t destination) {
    if (client == no_client) return false;
    for (auto& known : clients) {
        if (known.hash != client) continue;
        known.several = known.several || known.destination != destination;
        return !known.several;
    }
    clients[next_client] = {client, destination, false};
    next_client = static_cast<std::uint8_t>((next_client + 1U) % clients_kept);
    return true;
}

std::uint64_t Pair::key_of(std::uint32_t host, std::uint32_t target) {
    // Both are small and dense: a multiplication spreads them (Fibonacci hashing).
    const std::uint64_t both = (std::uint64_t{host} << 32) | target;
    const std::uint64_t spread = both * 0x9E3779B97F4A7C15U;
    return (spread ^ (spread >> 32)) * 0xD6E8FEB86659FD93U;
}

Tables::Tables(const Limits& limits)
    : hosts(limits.hosts),
      targets(limits.targets),
      pairs(limits.pairs),
      rhythms(limits.rhythms),
      limits_(limits),
      host_index_(limits.hosts),
      target_index_(limits.targets),
      pair_index_(limits.pairs) {}

std::optional<std::uint32_t> Tables::host(std::uint64_t hash, std::string_view name,
                                          std::uint32_t now) {
    if (const auto found = host_index_.find(hash)) return found;
    const auto slot = hosts.take();
    if (!slot) return std::nullopt;
    auto& host = hosts[*slot];
    host.hash = hash;
    host.name.set(name);
    host.awake(now);
    host_index_.add(hash, *slot);
    return slot;
}

std::optional<std::uint32_t> Tables::target(std::uint64_t hash, std::uint32_t now) {
    if (const auto found = target_index_.find(hash)) return found;
    if (targets.full() && !forget_target(now)) return std::nullopt;
    const auto slot = targets.take();
    auto& target = targets[*slot];
    target.hash = hash;
    target.first = target.last = now;
    target_index_.add(hash, *slot);
    return slot;
}

std::uint32_t Tables::pair(std::uint32_t host, std::uint32_t target, std::uint32_t now,
                           bool& made) {
    made = false;
    if (const auto found = pair_index_.find(Pair::key_of(host, target))) return *found;
    made = true;
    if (hosts[host].pairs >= limits_.pairs_of_host) {
        forget_least_of(host, now);
    } else if (pairs.full()) {
        forget_least_of(crowded_host(), now);
    }
    const std::uint32_t slot = *pairs.take();
    pairs[slot].host = host;
    pairs[slot].target = target;
    pairs[slot].first = pairs[slot].last = now;
    pair_index_.add(pairs[slot].key(), slot);
    link(slot);
    ++targets[target].pairs;
    ++targets[target].hosts;
    return slot;
}

void Tables::link(std::uint32_t pair) {
    auto& host = hosts[pairs[pair].host];
    if (host.hand == 0) {
        pairs[pair].next = pair;
        host.hand = pair + 1;
    } else {
        auto& before = pairs[host.hand - 1];
        pairs[pair].next = before.next;
        before.next = pair;
    }
    ++host.pairs;
}

std::optional<std::uint32_t> Tables::unlink(std::uint32_t before) {
    const std::uint32_t slot = pairs[before].next;
    auto& gone = pairs[slot];
    auto& host = hosts[gone.host];
    pairs[before].next = gone.next;
    if (host.hand == slot + 1) host.hand = before + 1;
    if (--host.pairs == 0) host.hand = 0;
    const std::uint32_t its = gone.target;
    auto& target = targets[its];
    --target.pairs;
    // What is common keeps the number that made it so.
    if (target.network == 0) target.hosts = target.pairs;
    if (gone.rhythm != 0) rhythms.give(gone.rhythm - 1);
    pair_index_.remove(gone.key());
    pairs.give(slot);
    if (target.pairs == 0 && target.network == 0) return its;
    return std::nullopt;
}

void Tables::forget_pair(std::uint32_t pair) {
    std::uint32_t before = pair;
    while (pairs[before].next != pair) before = pairs[before].next;
    unlink(before);
}

void Tables::forget_pair_of(std::uint32_t host, std::uint32_t target) {
    if (const auto found = pair_index_.find(Pair::key_of(host, target))) forget_pair(*found);
}

std::uint64_t Tables::suspicion(const Pair& pair, std::uint32_t now) const {
    constexpr std::uint32_t stale = 14 * day;
    constexpr std::uint64_t told = 1'000'000;
    constexpr std::uint64_t threat = 1000;
    constexpr std::uint32_t counted = 100;
    constexpr std::uint64_t alone = 200;
    const std::uint32_t age = now > pair.last ? now - pair.last : 0;
    if (age > stale || targets[pair.target].network != 0) return 0;
    std::uint64_t value = 1 + 10 * std::min(pair.contacts, counted);
    if (pair.told != 0) value += told;
    if (pair.rhythm != 0) value += threat * rhythms[pair.rhythm - 1].worth;
    if (targets[pair.target].hosts <= 2) value += alone;
    return value / (1 + age / day);
}

std::optional<std::uint32_t> Tables::forget_least_of(std::uint32_t host, std::uint32_t now) {
    std::uint32_t before = hosts[host].hand - 1;
    std::uint32_t least = before;
    std::uint64_t value = UINT64_MAX;
    for (std::uint32_t i = 0; i < sampled_pairs; ++i) {
        const auto& candidate = pairs[pairs[before].next];
        if (const auto its = suspicion(candidate, now); its < value) {
            value = its;
            least = before;
        }
        before = pairs[before].next;
    }
    hosts[host].hand = before + 1;
    ++dropped.forgotten_pairs;
    return unlink(least);
}

std::uint32_t Tables::crowded_host() {
    // The same one again while it has more than its share: whoever floods pays for it, and is found
    // fast.
    const auto has_its_share = [this](const Host& host) {
        return std::uint64_t{host.pairs} * hosts.size() >= pairs.size();
    };
    while (hosts[host_hand_].pairs == 0 || !has_its_share(hosts[host_hand_])) {
        host_hand_ = host_hand_ + 1 < hosts.reach() ? host_hand_ + 1 : 0;
    }
    return host_hand_;
}

bool Tables::forget_target(std::uint32_t now) {
    std::optional<std::uint32_t> oldest;
    for (std::uint32_t i = 0; i < sampled_targets; ++i) {
        target_hand_ = target_hand_ + 1 < targets.reach() ? target_hand_ + 1 : 0;
        const auto& target = targets[target_hand_];
        if (target.pairs != 0 || target.network != 0) continue;
        if (!oldest || target.last < targets[*oldest].last) oldest = target_hand_;
    }
    // All of them have pairs: one goes when its last pair does.
    for (std::uint32_t i = 0; i < sampled_pairs && !oldest && pairs.size() > 0; ++i) {
        oldest = forget_least_of(crowded_host(), now);
    }
    if (!oldest) return false;
    target_index_.remove(targets[*oldest].hash);
    targets.give(*oldest);
    ++dropped.forgotten_destinations;
    return true;
}

Rhythm& Tables::rhythm(std::uint32_t pair) {
    if (pairs[pair].rhythm != 0) return rhythms[pairs[pair].rhythm - 1];
    if (rhythms.full()) forget_rhythm();
    const std::uint32_t slot = *rhythms.take();
    pairs[pair].rhythm = slot + 1;
    rhythms[slot].pair = pair;
    return rhythms[slot];
}

void Tables::forget_rhythm() {
    std::uint32_t least = 0;
    std::uint64_t value = UINT64_MAX;
    for (std::uint32_t i = 0; i < sampled_rhythms; ++i) {
        rhythm_hand_ = rhythm_hand_ + 1 < rhythms.reach() ? rhythm_hand_ + 1 : 0;
        const auto& pair = pairs[rhythms[rhythm_hand_].pair];
        // The least threatening; of those the longest silent.
        const std::uint64_t its = (std::uint64_t{rhythms[rhythm_hand_].worth} << 32) | pair.last;
        if (its >= value) continue;
        value = its;
        least = rhythm_hand_;
    }
    pairs[rhythms[least].pair].rhythm = 0;
    rhythms.give(least);
    ++dropped.forgotten_rhythms;
}

}  // namespace shoji::beacon
