// Malware that asks its master for orders over TLS: fixed (each minute), jittered (each minute ± 30
// %), office (each two minutes, on workdays from 9 to 17 in Japan), slow (each five hours ± 10 %),
// fronted (each minute ± 10 %, connecting to a popular content delivery network's name; the host
// header names another site, or is missing when attack.bytes is odd). One answer in fifty is a
// task. Attack: interval, jitter_percent, bytes (out, each time; 0: 420).
#pragma once

#include "watch/detect/city/attack.h"

namespace shoji::city {

class Beacon : public AttackSource {
  public:
    Beacon(const World& world, const Attack& attack, std::uint64_t number);
    void act(event::Activity& activity) override;

  private:
    [[nodiscard]] bool in_office(Time time) const;

    Time usual_ = minutes;
    std::uint32_t jitter_ = 0;
    Site site_;
    std::string header_;
};

}  // namespace shoji::city
