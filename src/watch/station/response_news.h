// How what rules led to ended, for the keeper to have it told: of each rule at once, then once a
// minute with all that came meanwhile.
#pragma once

#include "watch/letters/letters.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace shoji::station {

class ResponseNews {
  public:
    using Time = std::chrono::steady_clock::time_point;
    // False: it could not be said now, and is said later.
    using Say = std::function<bool(const letters::Notice&)>;

    // `what`: why it failed, or under which id it waits.
    void add(letters::Note note, std::string_view rule, std::string_view what);
    void tell(Time now, const Say& say);
    [[nodiscard]] bool waits() const { return untold_ > 0; }

  private:
    struct One {
        std::string what;  // of the last one
        std::uint64_t untold = 0;
        Time next{};
    };
    std::map<std::pair<letters::Note, std::string>, One> all_;  // as many as policy has rules
    std::uint64_t untold_ = 0;
};

}  // namespace shoji::station
