// A dozen mails with an archive of `bytes` (0: 8 MB) each to a free address, in two hours.
#include "watch/detect/city/attack/exfiltration.h"

namespace shoji::city {
namespace {

class ArchiveMail : public AttackSource {
  public:
    ArchiveMail(const World& world, const Attack& attack, std::uint64_t number)
        : AttackSource(world, attack, number) {}

    void act(event::Activity& activity) override {
        sign(activity);
        activity.kind = event::ActivityKind::mail;
        activity.process = R"(C:\Program Files\Groupware\mail.exe)";
        activity.domain = "gmail.com";
        activity.peer = "gmail.com";
        activity.path = "photos.zip";
        activity.bytes_out = random().size(bytes(8'000'000), 1);
        again_after(interval(10 * minutes, 50));
        if (--left_ == 0) set_due(never);
    }

  private:
    int left_ = 12;
};

}  // namespace

std::unique_ptr<Source> make_archive_mail(const World& world, const Attack& attack,
                                          std::uint64_t number) {
    return std::make_unique<ArchiveMail>(world, attack, number);
}

}  // namespace shoji::city
