// A person's work with documents: files of the department's share, classified folders where the
// department handles them, prints, mail, now and then a stick or a picture of the screen.
#pragma once

#include "watch/detect/city/source.h"
#include "watch/detect/city/world.h"

namespace shoji::city {

class Paperwork : public Source {
  public:
    Paperwork(const World& world, std::uint32_t terminal);
    void act(event::Activity& activity) override;

    // Folders that the city has classified begin so.
    static constexpr std::string_view classified = R"(\\fs01\mynumber)";

  private:
    void read(event::Activity& activity);
    void write(event::Activity& activity);
    void rename(event::Activity& activity);
    void mail(event::Activity& activity);

    const World& world_;
    std::uint32_t terminal_;
    Random random_;
    Presence presence_;
    std::string path_;
    std::string target_;
};

}  // namespace shoji::city
