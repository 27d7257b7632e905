// A person at a browser: pages after pauses for reading, each page a query, a request and what the
// page includes. Some sites are habits, some are popular, some nobody visited before.
#pragma once

#include "watch/detect/city/source.h"
#include "watch/detect/city/world.h"

namespace shoji::city {

class Browsing : public Source {
  public:
    Browsing(const World& world, std::uint32_t terminal);
    void act(event::Activity& activity) override;

  private:
    enum class Step : std::uint8_t { query, page, parts };

    void choose_site();
    void ask(event::Activity& activity);
    void request(event::Activity& activity, const Site& site, bool page);
    void after(Time pause);

    const World& world_;
    std::uint32_t terminal_;
    Random random_;
    Presence presence_;
    Step step_ = Step::query;
    std::uint32_t parts_ = 0;
    Site site_;
};

}  // namespace shoji::city
