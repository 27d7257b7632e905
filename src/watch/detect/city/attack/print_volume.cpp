// Some 1,500 pages in three hours: 60 jobs of `bytes` (0: 25) pages.
#include "watch/detect/city/attack/exfiltration.h"

namespace shoji::city {
namespace {

class PrintVolume : public AttackSource {
  public:
    PrintVolume(const World& world, const Attack& attack, std::uint64_t number)
        : AttackSource(world, attack, number) {}

    void act(event::Activity& activity) override {
        sign(activity);
        activity.kind = event::ActivityKind::print;
        activity.process = R"(C:\Program Files\Reader\reader.exe)";
        activity.pages = static_cast<std::uint32_t>(random().size(bytes(25), 1));
        activity.bytes_out = activity.pages * 40'000U;
        again_after(interval(3 * minutes, 50));
        if (--left_ == 0) set_due(never);
    }

  private:
    int left_ = 60;
};

}  // namespace

std::unique_ptr<Source> make_print_volume(const World& world, const Attack& attack,
                                          std::uint64_t number) {
    return std::make_unique<PrintVolume>(world, attack, number);
}

}  // namespace shoji::city
