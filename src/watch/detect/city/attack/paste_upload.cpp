// Thirty texts of `bytes` (0: 60 kB) to a paste site in an hour.
#include "watch/detect/city/attack/exfiltration.h"

namespace shoji::city {
namespace {

class PasteUpload : public AttackSource {
  public:
    PasteUpload(const World& world, const Attack& attack, std::uint64_t number)
        : AttackSource(world, attack, number), site_{"pastebin.com", address_of(7101)} {}

    void act(event::Activity& activity) override {
        sign(activity);
        fill_upload(activity, site_, random().size(bytes(60'000), 1));
        again_after(interval(2 * minutes, 50));
        if (--left_ == 0) set_due(never);
    }

  private:
    Site site_;
    int left_ = 30;
};

}  // namespace

std::unique_ptr<Source> make_paste_upload(const World& world, const Attack& attack,
                                          std::uint64_t number) {
    return std::make_unique<PasteUpload>(world, attack, number);
}

}  // namespace shoji::city
