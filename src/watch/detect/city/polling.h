// A page left open that asks its site for news every so often: boards, markets, timetables. One
// person in thirty has the habit. It looks like a beacon and is none.
#pragma once

#include "watch/detect/city/source.h"
#include "watch/detect/city/world.h"

namespace shoji::city {

class Polling : public Source {
  public:
    Polling(const World& world, std::uint32_t terminal);
    void act(event::Activity& activity) override;

    static bool has_habit(const World& world, std::uint32_t terminal) {
        return mix(world.plan().seed, terminal, 0x70) % 30 == 0;
    }

  private:
    const World& world_;
    std::uint32_t terminal_;
    Random random_;
    Presence presence_;
    Site site_;
    Time every_;
    Time closes_ = 0;
};

}  // namespace shoji::city
