#include "watch/detect/sigma/value_cache.h"

#include <cstring>

namespace shoji::sigma {
namespace {

std::uint64_t word_at(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

// Both halves of the product.
std::uint64_t mixed(std::uint64_t one, std::uint64_t other) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(one) * other;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

}  // namespace

// Sixteen bytes at a time. Values chosen so that their hashes collide cost time, never an answer.
std::uint64_t ValueCache::hash_of(std::uint32_t field, std::string_view value) {
    constexpr std::uint64_t first_odd = 0x9e3779b97f4a7c15U;
    constexpr std::uint64_t second_odd = 0xe7037ed1a0b428dbU;
    constexpr std::size_t step = 2 * sizeof(std::uint64_t);
    std::uint64_t hash = (field + 1) * first_odd ^ value.size();
    const char* at = value.data();
    std::size_t left = value.size();
    for (; left > step; left -= step, at += step) {
        hash = mixed(word_at(at) ^ first_odd, word_at(at + sizeof hash) ^ hash);
    }
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    if (left >= sizeof low) {
        low = word_at(at);
        high = word_at(at + left - sizeof high);
    } else if (left > 0) {
        std::memcpy(&low, at, left);
    }
    return mixed(low ^ second_odd, high ^ hash) ^ hash;
}

ValueFacts* ValueCache::find(const Key& key) {
    auto& set = sets_[key.hash % sets];
    for (std::size_t way = 0; way < set.ways.size(); ++way) {
        if (set.hashes[way] != key.hash) continue;
        auto& place = set.ways[way];
        if (place.round == 0 || place.field != key.field || place.value != key.value) continue;
        place.round = round_;
        return &place.facts;
    }
    return nullptr;
}

ValueFacts* ValueCache::keep(const Key& key, std::size_t words) {
    auto& set = sets_[key.hash % sets];
    const std::size_t way = set.ways[0].round <= set.ways[1].round ? 0 : 1;
    auto& place = set.ways[way];
    // What this round was given must stay.
    if (key.value.size() > most_bytes || place.round == round_) return nullptr;
    if (set.candidate != key.hash) {
        set.candidate = key.hash;
        return nullptr;
    }
    set.hashes[way] = key.hash;
    place.round = round_;
    place.field = key.field;
    place.value = key.value;
    place.facts.reset(words);
    return &place.facts;
}

}  // namespace shoji::sigma
