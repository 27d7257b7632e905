// Sixty classified files are read and packed; an hour later the archive goes to a new site in ten
// pieces, 6 MB in all.
#include "watch/detect/city/attack/exfiltration.h"

#include <fmt/format.h>

namespace shoji::city {
namespace {

class ArchiveThenSend : public AttackSource {
  public:
    ArchiveThenSend(const World& world, const Attack& attack, std::uint64_t number)
        : AttackSource(world, attack, number), site_(own_site(number)) {}

    void act(event::Activity& activity) override {
        sign(activity);
        constexpr int files = 60;
        constexpr int pieces = 10;
        constexpr std::uint64_t archive = 6'000'000;
        const int step = step_++;
        if (step < files) {
            path_ = fmt::format(R"(\\fs01\mynumber\2026\{:04}.xlsx)", step);
            activity.kind = event::ActivityKind::file_read;
            activity.path = path_;
            activity.bytes_in = random().size(150'000, 1);
            again_after(interval(5 * seconds, 50));
        } else if (step == files) {
            activity.kind = event::ActivityKind::process;
            activity.process = R"(C:\Program Files\7-Zip\7zG.exe)";
            activity.parent = R"(C:\Windows\explorer.exe)";
            activity.command = "7zG.exe a -p photos.7z";
            again_after(20 * seconds);
        } else if (step == files + 1) {
            activity.kind = event::ActivityKind::file_write;
            activity.process = R"(C:\Program Files\7-Zip\7zG.exe)";
            path_ = fmt::format(R"(C:\Users\{}\Documents\photos.7z)", activity.user);
            activity.path = path_;
            activity.bytes_out = archive;
            activity.entropy = 7.99;
            again_after(hours);
        } else {
            fill_upload(activity, site_, archive / pieces + 900);
            again_after(interval(2 * minutes, 50));
            if (step == files + 1 + pieces) set_due(never);
        }
    }

  private:
    Site site_;
    std::string path_;
    int step_ = 0;
};

}  // namespace

std::unique_ptr<Source> make_archive_then_send(const World& world, const Attack& attack,
                                               std::uint64_t number) {
    return std::make_unique<ArchiveThenSend>(world, attack, number);
}

}  // namespace shoji::city
