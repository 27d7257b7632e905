// Names as small numbers: each distinct text gets the next number, from 0, for good. Looking a name
// up costs a few nanoseconds, because every field of every event is looked up.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::event {

class Interner {
  public:
    using Number = std::uint32_t;

    Number intern(std::string_view name);
    [[nodiscard]] std::optional<Number> find(std::string_view name) const;
    // Precondition: `number` came from this interner.
    [[nodiscard]] const std::string& name(Number number) const { return names_[number]; }
    [[nodiscard]] std::size_t size() const { return names_.size(); }

  private:
    struct Slot {
        std::uint64_t hash = 0;
        Number number = empty;
    };
    static constexpr Number empty = 0xffffffff;

    [[nodiscard]] std::size_t slot_of(std::string_view name, std::uint64_t hash) const;
    void grow();

    std::deque<std::string> names_;
    std::vector<Slot> slots_;  // a power of two, at most half full
};

}  // namespace shoji::event
