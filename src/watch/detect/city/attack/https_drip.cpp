// A byte a second: a connection every ten minutes to a site that nobody else knows, with
// `bytes` (0: 600) of what is taken and what TLS needs itself.
#include "watch/detect/city/attack/exfiltration.h"

namespace shoji::city {
namespace {

class HttpsDrip : public AttackSource {
  public:
    HttpsDrip(const World& world, const Attack& attack, std::uint64_t number)
        : AttackSource(world, attack, number), site_(own_site(number)) {}

    void act(event::Activity& activity) override {
        sign(activity);
        activity.kind = event::ActivityKind::connection;
        activity.peer = site_.address;
        activity.domain = site_.name;
        activity.port = 443;
        activity.protocol = "tls";
        activity.signature = "e7d705a3286e19ea42f587b344ee6865";
        activity.duration = 2 * seconds;
        activity.bytes_out = 1200 + random().size(bytes(600), 1);
        activity.bytes_in = random().size(3000, 1);
        again_after(interval(10 * minutes, 30));
    }

  private:
    Site site_;
};

}  // namespace

std::unique_ptr<Source> make_https_drip(const World& world, const Attack& attack,
                                        std::uint64_t number) {
    return std::make_unique<HttpsDrip>(world, attack, number);
}

}  // namespace shoji::city
