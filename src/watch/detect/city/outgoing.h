// What staff send out for good reasons, and what looks like taking data out: files for a partner by
// a storage site or a form, a text on a paste site, photographs on a stick, a folder copied to
// another department's share, an archive by mail, a thick booklet printed. About one a person in
// two days.
#pragma once

#include "watch/detect/city/source.h"
#include "watch/detect/city/world.h"

namespace shoji::city {

class Outgoing : public Source {
  public:
    Outgoing(const World& world, std::uint32_t terminal);
    void act(event::Activity& activity) override;

  private:
    void upload(event::Activity& activity, std::uint64_t what);
    void write(event::Activity& activity, std::uint64_t what);

    const World& world_;
    std::uint32_t terminal_;
    Random random_;
    Presence presence_;
    Site site_;
    std::string path_;
    std::uint64_t captures_ = 0;  // of a manual that is being made
};

}  // namespace shoji::city
