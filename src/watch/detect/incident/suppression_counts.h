// How many alerts each suppression held back, by rule, so that none is silent. Bounded: beyond
// `most` pairs of suppression and rule, those that held nothing back for the longest time go, and
// are counted.
#pragma once

#include "watch/detect/incident/recent.h"
#include "watch/detect/incident/suppression.h"

#include <cstdint>
#include <string>
#include <vector>

namespace shoji::incident {

struct SuppressedCount {
    std::string suppression;  // Suppression::identity()
    std::string rule;
    std::uint64_t held = 0;  // alerts held back
    std::uint64_t late = 0;  // alerts let through because it had expired
    event::Time last = 0;

    template <class Archive>
    void transfer(Archive& archive) {
        archive(suppression, rule, held, late, last);
    }
};

class SuppressionCounts {
  public:
    static constexpr std::size_t most = 4096;

    void held(const Suppression& suppression, const Alert& alert, event::Time now);
    void late(const Suppression& suppression, const Alert& alert, event::Time now);
    [[nodiscard]] std::vector<SuppressedCount> all() const;
    [[nodiscard]] std::uint64_t held() const { return held_; }

    template <class Archive>
    void transfer(Archive& archive) {
        archive(counts_, held_);
    }

  private:
    SuppressedCount& of(const Suppression& suppression, const Alert& alert, event::Time now);

    Recent<SuppressedCount> counts_{most};
    std::uint64_t held_ = 0;
};

}  // namespace shoji::incident
