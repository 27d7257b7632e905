// What is taken stands in DNS names. Fast: three a second with 110 characters each for twenty
// minutes. Slow: one about every four minutes (`interval`) with `bytes` (0: 24) of them, for days.
#include "watch/detect/city/attack/exfiltration.h"

#include <fmt/format.h>

namespace shoji::city {
namespace {

class DnsTunnel : public AttackSource {
  public:
    DnsTunnel(const World& world, const Attack& attack, std::uint64_t number)
        : AttackSource(world, attack, number),
          domain_(own_site(number).name),
          fast_(attack.kind == AttackKind::dns_tunnel_fast) {}

    void act(event::Activity& activity) override {
        sign(activity);
        const auto label = [&](std::size_t length) {
            return chance_label(random().next(), length, true);
        };
        name_ = fast_ ? fmt::format("{}.{}.{}", label(55), label(54), domain_)
                      : fmt::format("{}.{}", label(bytes(24)), domain_);
        activity.kind = event::ActivityKind::query;
        activity.peer = "10.0.0.3";
        activity.domain = name_;
        activity.port = 53;
        activity.protocol = "dns";
        activity.method = fast_ ? "TXT" : "A";
        activity.text = "203.0.113.77";
        activity.bytes_out = 30 + name_.size();
        activity.bytes_in = 80 + name_.size();
        again_after(interval(fast_ ? seconds / 3 : 4 * minutes, 50));
        if (fast_ && --left_ == 0) set_due(never);
    }

  private:
    std::string domain_;
    std::string name_;
    bool fast_;
    int left_ = 3600;
};

}  // namespace

std::unique_ptr<Source> make_dns_tunnel(const World& world, const Attack& attack,
                                        std::uint64_t number) {
    return std::make_unique<DnsTunnel>(world, attack, number);
}

}  // namespace shoji::city
