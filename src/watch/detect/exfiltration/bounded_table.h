// Values by a 64-bit key, never more than `capacity` of them. When it is full, a new key takes the
// place of the one that stands lowest (Value::standing()) among eight chosen by chance, so that a
// flood of new names mostly displaces itself; what went is counted.
#pragma once

#include "core/base/archive.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace shoji::exfiltration {

template <class Value>
class BoundedTable {
  public:
    // `capacity` is 1 to 2^30.
    explicit BoundedTable(std::uint32_t capacity) : capacity_(capacity), index_(16, none) {}

    [[nodiscard]] Value* find(std::uint64_t key) {
        const auto entry = index_[place_of(key)];
        return entry == none ? nullptr : &entries_[entry].value;
    }

    // The key's value, a new one when it has none. Stands until the next call.
    Value& at(std::uint64_t key) {
        if (Value* found = find(key)) return *found;
        if (entries_.size() >= capacity_) return displace(key);
        if ((entries_.size() + 1) * 2 > index_.size()) rebuild(index_.size() * 2);
        index_[place_of(key)] = static_cast<std::uint32_t>(entries_.size());
        return entries_.emplace_back(Entry{key, Value{}}).value;
    }

    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] std::uint64_t displaced() const { return displaced_; }

    // The most bytes that a table of that capacity takes.
    static std::size_t memory_limit(std::uint32_t capacity) {
        // A deque's blocks hold at least one entry, and a pointer leads to each.
        constexpr std::size_t block = 512;
        return (sizeof(Entry) + 4 * sizeof(void*)) * capacity + 2 * block +
               std::size_t{capacity} * 4 * sizeof(std::uint32_t) + 16 * sizeof(std::uint32_t);
    }

    template <class Archive>
    void transfer(Archive& archive) {
        auto count = static_cast<std::uint32_t>(entries_.size());
        archive(count, displaced_, chance_);
        if constexpr (Archive::loading) {
            // Each entry takes more than its key, so that a count alone makes nothing grow.
            if (count > capacity_ || archive.remaining() / sizeof(std::uint64_t) < count) {
                archive.fail();
                return;
            }
            for (; count > 0 && archive.ok(); --count) {
                std::uint64_t key = 0;
                archive(key);
                if (find(key) != nullptr) archive.fail();
                archive(at(key));
            }
        } else {
            for (auto& entry : entries_) archive(entry.key, entry.value);
        }
    }

  private:
    struct Entry {
        std::uint64_t key;
        Value value;
    };
    static constexpr std::uint32_t none = 0xffffffff;

    static std::uint64_t mixed(std::uint64_t value) {
        value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
        value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
        return value ^ (value >> 31U);
    }

    [[nodiscard]] std::size_t home_of(std::uint64_t key) const {
        return mixed(key) & (index_.size() - 1);
    }
    // Where the key's entry is named, or the free place where it would be.
    [[nodiscard]] std::size_t place_of(std::uint64_t key) const {
        std::size_t place = home_of(key);
        while (index_[place] != none && entries_[index_[place]].key != key) {
            place = (place + 1) & (index_.size() - 1);
        }
        return place;
    }

    void rebuild(std::size_t size) {
        index_.assign(size, none);
        for (std::uint32_t i = 0; i < entries_.size(); ++i) index_[place_of(entries_[i].key)] = i;
    }

    // Frees the place and moves up what stood behind it only because the place was taken.
    void unlink(std::size_t place) {
        const std::size_t mask = index_.size() - 1;
        index_[place] = none;
        for (std::size_t next = (place + 1) & mask; index_[next] != none;
             next = (next + 1) & mask) {
            const std::size_t home = home_of(entries_[index_[next]].key);
            if (((next - home) & mask) < ((next - place) & mask)) continue;
            index_[place] = index_[next];
            index_[next] = none;
            place = next;
        }
    }

    Value& displace(std::uint64_t key) {
        constexpr int looked_at = 8;
        std::uint32_t lowest = none;
        for (int i = 0; i < looked_at; ++i) {
            chance_ += 0x9E3779B97F4A7C15U;
            const auto one = static_cast<std::uint32_t>(mixed(chance_) % entries_.size());
            if (lowest == none ||
                entries_[one].value.standing() < entries_[lowest].value.standing()) {
                lowest = one;
            }
        }
        ++displaced_;
        unlink(place_of(entries_[lowest].key));
        entries_[lowest] = Entry{key, Value{}};
        index_[place_of(key)] = lowest;
        return entries_[lowest].value;
    }

    std::uint32_t capacity_;
    std::deque<Entry> entries_;
    std::vector<std::uint32_t> index_;  // open addressing; a power of two, at most half full
    std::uint64_t displaced_ = 0;
    std::uint64_t chance_ = 0;
};

}  // namespace shoji::exfiltration
