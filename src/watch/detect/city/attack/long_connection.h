// A tunnel that is kept open: one connection of `interval` (0: 9 hours), told when it has ended,
// and the next at once. Attack: interval, bytes (out, each; 0: 900,000).
#pragma once

#include "watch/detect/city/attack.h"

namespace shoji::city {

class LongConnection : public AttackSource {
  public:
    LongConnection(const World& world, const Attack& attack, std::uint64_t number);
    void act(event::Activity& activity) override;

  private:
    Site site_;
};

}  // namespace shoji::city
