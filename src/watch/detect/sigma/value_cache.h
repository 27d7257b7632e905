// What was found in values that came before: programs, users and keys of the registry are the same
// again and again. A value is kept when it comes twice while no other one wants its place, so that
// values which never repeat cost little more than their hash. Its memory is bounded: at most
// `places` values of `most_bytes` each.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

class ValueCache {
  public:
    static constexpr std::size_t places = 8192;
    static constexpr std::size_t most_bytes = 512;    // of a value that is kept
    static constexpr std::size_t most_findings = 64;  // of a value that is kept

    // Tells a kept value of a field from all others that were kept since the cache was new or
    // cleared; 0: the value is not kept.
    using Number = std::uint32_t;
    static constexpr Number last_number = 0xfffffff0;
    struct Found {
        Number number = 0;
        std::span<const std::uint32_t> findings;  // good until the next keep()
    };
    // `field` is any number that tells fields apart.
    [[nodiscard]] Found find(std::uint32_t field, std::string_view value);
    // Precondition: the last find() was for the same field and value, and did not find it. The
    // number under which it is kept from now on, or 0.
    Number keep(std::uint32_t field, std::string_view value,
                std::span<const std::uint32_t> findings);
    // True when there are no more numbers: nothing is kept any more until clear().
    [[nodiscard]] bool is_used_up() const { return last_ == last_number; }
    void clear();

  private:
    struct Place {
        std::uint64_t hash = 0;
        Number number = 0;
        std::uint32_t field = 0;
        std::string value;
        std::vector<std::uint32_t> findings;
    };
    struct Set {
        std::array<Place, 2> ways;
        std::uint64_t candidate = 0;  // the hash of the last one that was not kept
        std::uint8_t next = 0;        // the way that gives room
    };

    std::vector<Set> sets_ = std::vector<Set>(places / 2);
    std::uint64_t hash_ = 0;  // of the last value looked for
    Number last_ = 0;
};

}  // namespace shoji::sigma
