// Hands on a keyboard: a session with a young domain that nobody else in the city visits, about
// once an `interval` (0: 30 hours), a dozen requests each, nothing regular about it. The domain
// ends in
// "-young.example", so that a test can list it as young.
#pragma once

#include "watch/detect/city/attack.h"

namespace shoji::city {

class RareDestination : public AttackSource {
  public:
    RareDestination(const World& world, const Attack& attack, std::uint64_t number);
    void act(event::Activity& activity) override;

  private:
    Site site_;
    std::uint64_t left_ = 0;
};

}  // namespace shoji::city
