#include "watch/event/interner.h"

#include <algorithm>
#include <cstring>

namespace shoji::event {
namespace {

// Of the length and of eight bytes at each end, which tell nearly all names of fields apart. Names
// come from rules and from this room, never from events, so that nobody outside can choose ones
// that collide.
std::uint64_t hash_of(std::string_view name) {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    if (name.size() >= sizeof first) {
        std::memcpy(&first, name.data(), sizeof first);
        std::memcpy(&last, name.data() + name.size() - sizeof last, sizeof last);
    } else {
        for (const char c : name) first = first << 8U | static_cast<unsigned char>(c);
    }
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15U;
    std::uint64_t hash = (first ^ (name.size() * odd)) * odd;
    hash = (hash ^ hash >> 32U ^ last) * odd;
    return hash ^ hash >> 29U;
}

}  // namespace

// The slot of the name, or the free one where it would go.
std::size_t Interner::slot_of(std::string_view name, std::uint64_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].number != empty &&
           (slots_[at].hash != hash || names_[slots_[at].number] != name)) {
        at = (at + 1) & mask;
    }
    return at;
}

void Interner::grow() {
    constexpr std::size_t first_size = 64;
    auto old = std::move(slots_);
    slots_.assign(std::max(first_size, old.size() * 2), {});
    for (const auto& slot : old) {
        if (slot.number != empty) slots_[slot_of(names_[slot.number], slot.hash)] = slot;
    }
}

Interner::Number Interner::intern(std::string_view name) {
    if (names_.size() * 2 >= slots_.size()) grow();
    const auto hash = hash_of(name);
    auto& slot = slots_[slot_of(name, hash)];
    if (slot.number == empty) {
        slot = {hash, static_cast<Number>(names_.size())};
        names_.emplace_back(name);
    }
    return slot.number;
}

std::optional<Interner::Number> Interner::find(std::string_view name) const {
    if (slots_.empty()) return std::nullopt;
    const auto& slot = slots_[slot_of(name, hash_of(name))];
    if (slot.number == empty) return std::nullopt;
    return slot.number;
}

}  // namespace shoji::event
