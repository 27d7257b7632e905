// Malware on a network whose firewall lets nothing out: it tries an address, each ten minutes ± 20
// %, and is denied. Attack: interval, jitter_percent.
#pragma once

#include "watch/detect/city/attack.h"

namespace shoji::city {

class Denied : public AttackSource {
  public:
    Denied(const World& world, const Attack& attack, std::uint64_t number);
    void act(event::Activity& activity) override;

  private:
    std::string address_;
};

}  // namespace shoji::city
