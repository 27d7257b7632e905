// Malware that looks for its master under names that an algorithm makes: once an `interval` (0: 3
// hours) a run of `bytes` (0: 40) look-ups, seconds apart, most of which find nothing.
#pragma once

#include "watch/detect/city/attack.h"

namespace shoji::city {

class GeneratedNames : public AttackSource {
  public:
    GeneratedNames(const World& world, const Attack& attack, std::uint64_t number);
    void act(event::Activity& activity) override;

  private:
    std::uint64_t left_ = 0;
    std::string name_;
};

}  // namespace shoji::city
