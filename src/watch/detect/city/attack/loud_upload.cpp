// A gigabyte to a new site in three quarters of an hour: 40 pieces of `bytes` (0: 25 MB).
#include "watch/detect/city/attack/exfiltration.h"

namespace shoji::city {
namespace {

class LoudUpload : public AttackSource {
  public:
    LoudUpload(const World& world, const Attack& attack, std::uint64_t number)
        : AttackSource(world, attack, number), site_(own_site(number)) {}

    void act(event::Activity& activity) override {
        sign(activity);
        fill_upload(activity, site_, random().size(bytes(25'000'000), 1));
        again_after(interval(minutes, 30));
        if (--left_ == 0) set_due(never);
    }

  private:
    Site site_;
    int left_ = 40;
};

}  // namespace

std::unique_ptr<Source> make_loud_upload(const World& world, const Attack& attack,
                                         std::uint64_t number) {
    return std::make_unique<LoudUpload>(world, attack, number);
}

}  // namespace shoji::city
