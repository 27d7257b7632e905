// Each night after two o'clock, on a terminal that is left on: twelve pieces of `bytes` (0: 4 MB).
#include "watch/detect/city/attack/exfiltration.h"

namespace shoji::city {
namespace {

class NightUpload : public AttackSource {
  public:
    NightUpload(const World& world, const Attack& attack, std::uint64_t number)
        : AttackSource(world, attack, number), site_(own_site(number)) {
        again_after(until_two() + seconds);
    }

    void act(event::Activity& activity) override {
        sign(activity);
        if (until_two() > 23 * hours) {
            fill_upload(activity, site_, random().size(bytes(4'000'000), 1));
            again_after(interval(3 * minutes, 50));
            if (--left_ > 0) return;
        } else {
            // It came late, and looks whether there is a way out.
            fill_upload(activity, site_, 300);
        }
        left_ = 12;
        again_after(until_two() + seconds);
    }

  private:
    [[nodiscard]] Time until_two() const {
        const Time of_day = (due() - world().plan().start) % days;
        return (26 * hours - of_day) % days;
    }

    Site site_;
    int left_ = 12;
};

}  // namespace

std::unique_ptr<Source> make_night_upload(const World& world, const Attack& attack,
                                          std::uint64_t number) {
    return std::make_unique<NightUpload>(world, attack, number);
}

}  // namespace shoji::city
