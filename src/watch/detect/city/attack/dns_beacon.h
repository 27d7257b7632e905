// Orders over DNS: a query for a name under the attacker's own domain, a counter and a few bytes in
// its labels, each two minutes ± 20 %. Attack: interval, jitter_percent, bytes (in the labels; 0:
// 12).
#pragma once

#include "watch/detect/city/attack.h"

namespace shoji::city {

class DnsBeacon : public AttackSource {
  public:
    DnsBeacon(const World& world, const Attack& attack, std::uint64_t number);
    void act(event::Activity& activity) override;

  private:
    std::string domain_;
    std::string name_;
    std::string answer_;
    std::uint32_t count_ = 0;
};

}  // namespace shoji::city
