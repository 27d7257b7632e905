// Echo requests with `bytes` (0: 1,000) of what is taken, one a second for an hour.
#include "watch/detect/city/attack/exfiltration.h"

namespace shoji::city {
namespace {

class IcmpTunnel : public AttackSource {
  public:
    IcmpTunnel(const World& world, const Attack& attack, std::uint64_t number)
        : AttackSource(world, attack, number), peer_(address_of(0xEF110000 + number)) {}

    void act(event::Activity& activity) override {
        sign(activity);
        activity.kind = event::ActivityKind::icmp;
        activity.peer = peer_;
        activity.protocol = "icmp";
        activity.duration = seconds / 50;
        activity.bytes_out = 28 + bytes(1000);
        activity.bytes_in = activity.bytes_out;
        again_after(seconds);
        if (--left_ == 0) set_due(never);
    }

  private:
    std::string peer_;
    int left_ = 3600;
};

}  // namespace

std::unique_ptr<Source> make_icmp_tunnel(const World& world, const Attack& attack,
                                         std::uint64_t number) {
    return std::make_unique<IcmpTunnel>(world, attack, number);
}

}  // namespace shoji::city
