// A person's day as the machine sees it: signing on, locking at lunch, starting programs, and, for
// one in three, sessions of the screen with what is typed into them.
#pragma once

#include "watch/detect/city/source.h"
#include "watch/detect/city/world.h"

namespace shoji::city {

class Workday : public Source {
  public:
    Workday(const World& world, std::uint32_t terminal);
    void act(event::Activity& activity) override;

  private:
    void start_program(event::Activity& activity);
    void type(event::Activity& activity);

    const World& world_;
    std::uint32_t terminal_;
    Random random_;
    Presence presence_;
    Time signed_on_ = 0;  // the day's beginning for which the logon was told
    std::string text_;
};

}  // namespace shoji::city
