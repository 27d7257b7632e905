// A filter that asks DNS for reputations by long names: hashes of files and addresses written
// backwards, each new. Every antivirus does so under its maker's domain now and then; one terminal
// in 250 has a mail tool that does it all day, under a domain of its own. It looks like a tunnel
// and is none.
#pragma once

#include "watch/detect/city/source.h"
#include "watch/detect/city/world.h"

namespace shoji::city {

class Lookups : public Source {
  public:
    Lookups(const World& world, std::uint32_t terminal);
    void act(event::Activity& activity) override;

    static bool has_filter(const World& world, std::uint32_t terminal) {
        return has_mail_tool(world, terminal) || terminal % 2 == 0;
    }

  private:
    static bool has_mail_tool(const World& world, std::uint32_t terminal) {
        return mix(world.plan().seed, terminal, 0x10CA) % 250 == 0;
    }

    const World& world_;
    std::uint32_t terminal_;
    Random random_;
    Presence presence_;
    bool mail_tool_;
    std::string name_;
};

}  // namespace shoji::city
