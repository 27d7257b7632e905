// Over two gigabytes to another terminal's share: 300 files of `bytes` (0: 8 MB) in 25 minutes.
#include "watch/detect/city/attack/exfiltration.h"

#include <fmt/format.h>

namespace shoji::city {
namespace {

class ShareCopy : public AttackSource {
  public:
    ShareCopy(const World& world, const Attack& attack, std::uint64_t number)
        : AttackSource(world, attack, number) {}

    void act(event::Activity& activity) override {
        sign(activity);
        path_ = fmt::format(R"(\\{}\c$\temp\{:04}.mdb)", world().host(0), left_);
        activity.kind = event::ActivityKind::file_write;
        activity.path = path_;
        activity.bytes_out = random().size(bytes(8'000'000), 2);
        activity.entropy = 6.1;
        again_after(interval(5 * seconds, 50));
        if (--left_ == 0) set_due(never);
    }

  private:
    std::string path_;
    int left_ = 300;
};

}  // namespace

std::unique_ptr<Source> make_share_copy(const World& world, const Attack& attack,
                                        std::uint64_t number) {
    return std::make_unique<ShareCopy>(world, attack, number);
}

}  // namespace shoji::city
