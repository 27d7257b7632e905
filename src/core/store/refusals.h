// What pages asked for in vain, so that an administrator sees what a destination truly needs.
#pragma once

#include "core/store/database.h"

#include <optional>
#include <string>

namespace shoji::store {

struct Refusal {
    std::string destination;
    std::string host;  // empty where it had no valid form
    std::uint16_t port = 0;
    std::uint8_t scheme = 0;  // the numbers of src/screen/control
    std::uint8_t reason = 0;
    std::uint64_t times = 1;
    Seconds last = 0;
};

class Refusals {
  public:
    // Of one destination: a hostile page cannot make the table grow without bound, nor push out
    // another destination's rows.
    static constexpr int maximum_rows = 1'000;

    explicit Refusals(Database& database) : database_(database) {}

    // Adds `times` to the same refusal's; the longest unseen of a destination are forgotten.
    base::Result<void> add(const std::vector<Refusal>& refusals);
    // Newest first; of one destination or of all.
    base::Result<std::vector<Refusal>> list(const std::optional<std::string>& destination);

  private:
    Database& database_;
};

}  // namespace shoji::store
