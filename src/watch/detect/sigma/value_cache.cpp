#include "watch/detect/sigma/value_cache.h"

#include <cstring>

namespace shoji::sigma {
namespace {

// Eight bytes at a time. Values chosen so that their hashes collide cost time, never an answer.
std::uint64_t hash_of(std::uint32_t field, std::string_view value) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15U;
    std::uint64_t hash = (field + 1) * odd + value.size();
    const char* at = value.data();
    std::size_t left = value.size();
    const auto mix = [&](std::size_t count) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, count);
        hash = (hash ^ word) * odd;
        hash ^= hash >> 32U;
    };
    for (; left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t)) {
        mix(sizeof(std::uint64_t));
        at += sizeof(std::uint64_t);
    }
    if (left > 0) mix(left);
    return hash;
}

}  // namespace

ValueCache::Found ValueCache::find(std::uint32_t field, std::string_view value) {
    hash_ = hash_of(field, value);
    auto& set = sets_[hash_ % sets_.size()];
    for (std::size_t way = 0; way < set.ways.size(); ++way) {
        const auto& place = set.ways[way];
        if (place.number == 0 || place.hash != hash_ || place.field != field ||
            place.value != value) {
            continue;
        }
        set.next = static_cast<std::uint8_t>(1 - way);
        return {place.number, place.findings};
    }
    return {};
}

ValueCache::Number ValueCache::keep(std::uint32_t field, std::string_view value,
                                    std::span<const std::uint32_t> findings) {
    if (value.size() > most_bytes || findings.size() > most_findings || is_used_up()) {
        return 0;
    }
    auto& set = sets_[hash_ % sets_.size()];
    if (set.candidate != hash_) {
        set.candidate = hash_;
        return 0;
    }
    auto& place = set.ways[set.next];
    place.hash = hash_;
    place.number = ++last_;
    place.field = field;
    place.value = value;
    place.findings.assign(findings.begin(), findings.end());
    set.next = static_cast<std::uint8_t>(1 - set.next);
    return place.number;
}

void ValueCache::clear() {
    sets_.assign(places / 2, {});
    last_ = 0;
}

}  // namespace shoji::sigma
