// Video meetings: a few a week, each a long connection with much in both directions.
#pragma once

#include "watch/detect/city/source.h"
#include "watch/detect/city/world.h"

namespace shoji::city {

class Meetings : public Source {
  public:
    Meetings(const World& world, std::uint32_t terminal);
    void act(event::Activity& activity) override;

  private:
    const World& world_;
    std::uint32_t terminal_;
    Random random_;
    Presence presence_;
    Site site_;
};

}  // namespace shoji::city
