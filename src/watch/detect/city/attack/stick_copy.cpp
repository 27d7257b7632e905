// Two gigabytes onto a stick in half an hour: 400 files of `bytes` (0: 5 MB).
#include "watch/detect/city/attack/exfiltration.h"

#include <fmt/format.h>

namespace shoji::city {
namespace {

class StickCopy : public AttackSource {
  public:
    StickCopy(const World& world, const Attack& attack, std::uint64_t number)
        : AttackSource(world, attack, number) {}

    void act(event::Activity& activity) override {
        sign(activity);
        path_ = fmt::format(R"(E:\backup\{:04}.pdf)", left_);
        activity.kind = event::ActivityKind::file_write;
        activity.process = R"(C:\Windows\explorer.exe)";
        activity.path = path_;
        activity.bytes_out = random().size(bytes(5'000'000), 2);
        activity.entropy = 7.8;
        again_after(interval(4 * seconds, 50));
        if (--left_ == 0) set_due(never);
    }

  private:
    std::string path_;
    int left_ = 400;
};

}  // namespace

std::unique_ptr<Source> make_stick_copy(const World& world, const Attack& attack,
                                        std::uint64_t number) {
    return std::make_unique<StickCopy>(world, attack, number);
}

}  // namespace shoji::city
