// Puts a stream of observations in the order of time: each is held back until one comes that is
// `slack` newer, so that whatever comes up to `slack` late stands where it belongs. Those of the
// same time keep the order in which they came. What comes later than that is for the Correlator to
// leave out and count. At most `most` are held back; beyond, the oldest goes on before its time.
#pragma once

#include "watch/detect/sigma/observation.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace shoji::sigma {

class ObservationOrder {
  public:
    explicit ObservationOrder(event::Time slack, std::size_t most = 65'536)
        : slack_(slack), most_(most) {}

    // Adds to `ready` what can go on.
    void add(Observation observation, std::vector<Observation>& ready);
    // At the end: all that is left.
    void finish(std::vector<Observation>& ready);

    [[nodiscard]] std::size_t held() const { return held_.size(); }

  private:
    event::Time slack_;
    std::size_t most_;
    std::uint64_t came_ = 0;
    event::Time newest_ = 0;
    std::map<std::pair<event::Time, std::uint64_t>, Observation> held_;  // by time and arrival
};

}  // namespace shoji::sigma
