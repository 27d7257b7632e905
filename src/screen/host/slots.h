// The numbers that sessions hold while they run: each stands for a set of user ids. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace shoji::host {

class Slots {
  public:
    explicit Slots(std::uint32_t count) : taken_(count, false) {}

    // The next free number after the one taken last, or nothing when all are taken: going round
    // lets a user id rest before it serves another session.
    std::optional<std::uint32_t> take() {
        for (std::uint32_t i = 0; i < taken_.size(); ++i) {
            const auto slot = static_cast<std::uint32_t>((next_ + i) % taken_.size());
            if (taken_[slot]) continue;
            taken_[slot] = true;
            next_ = slot + 1;
            return slot;
        }
        return std::nullopt;
    }
    // Takes this very number; false when it is taken or out of range.
    bool take(std::uint32_t slot) {
        if (slot >= taken_.size() || taken_[slot]) return false;
        return taken_[slot] = true;
    }
    void give_back(std::uint32_t slot) { taken_.at(slot) = false; }

  private:
    std::vector<bool> taken_;
    std::uint32_t next_ = 0;
};

}  // namespace shoji::host
