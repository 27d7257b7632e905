// Ransomware by what it does: one program that changes many different files in a short time, and
// makes noise of them or gives them all one new extension.
#pragma once

#include "watch/detect/incident/recent.h"
#include "watch/detect/intrusion/look.h"

#include <cstdint>
#include <string>
#include <vector>

namespace shoji::intrusion {

class Storms {
  public:
    static constexpr std::size_t files = 64;  // different ones: a storm

    explicit Storms(const Settings& settings)
        : storms_(settings.most_storms),
          extensions_(settings, settings.most_usual),
          programs_(settings, settings.most_usual),
          noises_(most_noises) {}

    // A file_write or file_rename.
    void observe(const Look& look);

    [[nodiscard]] std::uint64_t displaced() const {
        return storms_.displaced() + extensions_.displaced() + programs_.displaced() +
               noises_.displaced();
    }

    template <class Archive>
    void transfer(Archive& archive) {
        archive(storms_, extensions_, programs_, noises_);
    }

  private:
    static constexpr std::size_t most_noises = 4096;

    // One file changed.
    struct Touch {
        event::Time time = 0;
        std::uint64_t file = 0;       // hash of its path
        std::uint64_t folder = 0;     // hash of its folder's
        std::uint64_t extension = 0;  // hash of the new one it got; 0: none
        bool is_noise = false;
        bool is_renamed = false;

        template <class Archive>
        void transfer(Archive& archive) {
            archive(time, file, folder, extension, is_noise, is_renamed);
        }
    };
    struct Storm {
        std::vector<Touch> touches;  // of different files, the oldest first
        std::uint64_t changed = 0;   // files, since it began
        std::string extension;       // the new one seen last

        template <class Archive>
        void transfer(Archive& archive) {
            archive.list(touches, files);
            archive(changed, extension);
        }
    };
    // Bits a byte that files of an extension hold, as this city writes them.
    struct Noise {
        std::uint64_t thousandths = 0;  // the sum
        std::uint64_t count = 0;

        template <class Archive>
        void transfer(Archive& archive) {
            archive(thousandths, count);
        }
    };
    struct Signs {
        std::size_t noise = 0;
        std::size_t renamed = 0;
        std::size_t extension = 0;
        std::size_t folders = 0;
        event::Time span = 0;
    };

    [[nodiscard]] bool rises(const Look& look, const std::string& extension);
    [[nodiscard]] bool is_new(const Look& look, const std::string& extension);
    Touch touch_of(const Look& look, std::string& new_extension);
    static Signs signs_of(const Storm& storm);
    void judge(const Look& look, Storm& storm);
    void tell(const Look& look, const Storm& storm, const Signs& signs, bool is_ransom,
              const Standing& before);

    incident::Recent<Storm> storms_;  // by host and program
    Usual extensions_;
    Usual programs_;  // that change many files as a matter of course
    incident::Recent<Noise> noises_;
};

}  // namespace shoji::intrusion
