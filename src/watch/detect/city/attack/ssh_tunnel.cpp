// SSH on the port of HTTPS, as a sensor that looks at the first bytes tells: every half hour with
// `bytes` (0: 400 kB).
#include "watch/detect/city/attack/exfiltration.h"

namespace shoji::city {
namespace {

class SshTunnel : public AttackSource {
  public:
    SshTunnel(const World& world, const Attack& attack, std::uint64_t number)
        : AttackSource(world, attack, number), site_(own_site(number)) {}

    void act(event::Activity& activity) override {
        sign(activity);
        activity.kind = event::ActivityKind::connection;
        activity.peer = site_.address;
        activity.port = 443;
        activity.protocol = "ssh";
        activity.duration = 5 * minutes;
        activity.bytes_out = random().size(bytes(400'000), 1);
        activity.bytes_in = random().size(30'000, 1);
        again_after(interval(30 * minutes, 50));
    }

  private:
    Site site_;
};

}  // namespace

std::unique_ptr<Source> make_ssh_tunnel(const World& world, const Attack& attack,
                                        std::uint64_t number) {
    return std::make_unique<SshTunnel>(world, attack, number);
}

}  // namespace shoji::city
