// Numbered slots for at most a given count of things: memory comes in chunks as they are taken, and
// no thing moves. Things are trivially made; a slot is empty (T{}) when it is taken.
#pragma once

#include "core/base/bytes.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace shoji::beacon {

template <class T>
class Slab {
  public:
    explicit Slab(std::uint32_t most) : most_(most) {}

    // Nothing: it is full.
    std::optional<std::uint32_t> take() {
        std::uint32_t slot = reach_;
        if (!free_.empty()) {
            slot = free_.back();
            free_.pop_back();
        } else {
            if (reach_ == most_) return std::nullopt;
            if (reach_ % chunk == 0) chunks_.push_back(std::make_unique<T[]>(chunk));
            used_.push_back(false);
            ++reach_;
        }
        (*this)[slot] = T{};
        used_[slot] = true;
        return slot;
    }
    void give(std::uint32_t slot) {
        used_[slot] = false;
        free_.push_back(slot);
    }

    T& operator[](std::uint32_t slot) { return chunks_[slot / chunk][slot % chunk]; }
    const T& operator[](std::uint32_t slot) const { return chunks_[slot / chunk][slot % chunk]; }

    [[nodiscard]] bool used(std::uint32_t slot) const { return slot < reach_ && used_[slot]; }
    // Slots from 0 that were ever taken.
    [[nodiscard]] std::uint32_t reach() const { return reach_; }
    [[nodiscard]] std::uint32_t size() const {
        return reach_ - static_cast<std::uint32_t>(free_.size());
    }
    [[nodiscard]] bool full() const { return size() == most_; }

    // What a slot costs at most besides its T: the free list's number and the flag.
    static constexpr std::size_t overhead = sizeof(std::uint32_t) * 2 + 1;
    static constexpr std::uint32_t chunk = 256;

    void save(base::ByteWriter& writer) {
        writer.write(reach_);
        writer.write(static_cast<std::uint32_t>(free_.size()));
        for (const auto slot : free_) writer.write(slot);
        for (std::uint32_t slot = 0; slot < reach_; ++slot) {
            if (used_[slot]) (*this)[slot].fields([&](auto value) { writer.write(value); });
        }
    }
    // Into an empty slab. False: the bytes are no slab, or one that is larger than this may be.
    bool load(base::ByteReader& reader) {
        const auto reach = reader.read<std::uint32_t>();
        const auto holes = reader.read<std::uint32_t>();
        // Each used slot takes a byte at least, each hole four.
        if (!reader.ok() || reach > most_ || holes > reach || reach > reader.remaining()) {
            return false;
        }
        for (std::uint32_t i = 0; i < reach; ++i) take();
        for (std::uint32_t i = 0; i < holes; ++i) {
            const auto slot = reader.read<std::uint32_t>();
            if (!used(slot)) return false;
            give(slot);
        }
        for (std::uint32_t slot = 0; slot < reach_ && reader.ok(); ++slot) {
            if (!used_[slot]) continue;
            (*this)[slot].fields([&]<class V>(V& value) { value = reader.read<V>(); });
        }
        return reader.ok();
    }

  private:
    std::uint32_t most_;
    std::uint32_t reach_ = 0;
    std::vector<std::unique_ptr<T[]>> chunks_;
    std::vector<std::uint32_t> free_;
    std::vector<bool> used_;
};

}  // namespace shoji::beacon
