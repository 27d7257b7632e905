// What was found in the values of one field that came last: programs, users and keys of the
// registry are the same again and again. A value is kept when it comes for the second time, until
// another one needs its place, so that values which never repeat cost no more than their hash.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

class ValueCache {
  public:
    static constexpr std::size_t places = 512;
    static constexpr std::size_t most_bytes = 512;  // of a value that is kept

    struct Found {
        bool known = false;
        std::span<const std::uint32_t> findings;  // good until the next keep()
    };
    [[nodiscard]] Found find(std::string_view value) const;
    void keep(std::string_view value, std::span<const std::uint32_t> findings);

  private:
    struct Place {
        std::size_t hash = 0;
        bool kept = false;
        std::string value;
        std::vector<std::uint32_t> findings;
    };

    std::vector<Place> places_;  // empty until the first value is offered
};

}  // namespace shoji::sigma
