// Pieces of `bytes` (0: 400 kB) to a site that keeps files, one every three minutes, for days.
#include "watch/detect/city/attack/exfiltration.h"

namespace shoji::city {
namespace {

class StoragePieces : public AttackSource {
  public:
    StoragePieces(const World& world, const Attack& attack, std::uint64_t number)
        : AttackSource(world, attack, number), site_{"upload.gigafile.nu", address_of(7100)} {}

    void act(event::Activity& activity) override {
        sign(activity);
        fill_upload(activity, site_, random().size(bytes(400'000), 1));
        again_after(interval(3 * minutes, 50));
    }

  private:
    Site site_;
};

}  // namespace

std::unique_ptr<Source> make_storage_pieces(const World& world, const Attack& attack,
                                            std::uint64_t number) {
    return std::make_unique<StoragePieces>(world, attack, number);
}

}  // namespace shoji::city
