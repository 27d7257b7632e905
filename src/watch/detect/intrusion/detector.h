// Who comes in, beyond rules: activities in, alerts out, no I/O. One thread at a time.
//
// Names and paths beyond the limits of incident/names.h are told apart by their beginnings and ends
// only. Activities should come about in the order of time; what is late counts as now. How each
// detection works, what it misses and how to tune it stands in docs/detection/intrusion.md.
#pragma once

#include "core/base/result.h"
#include "watch/detect/incident/clock.h"
#include "watch/detect/intrusion/credentials.h"
#include "watch/detect/intrusion/lateral.h"
#include "watch/detect/intrusion/parents.h"
#include "watch/detect/intrusion/persistence.h"
#include "watch/detect/intrusion/storms.h"

#include <cstdint>
#include <span>
#include <vector>

namespace shoji::intrusion {

class Detector {
  public:
    Detector(Settings settings, Lists lists);

    // Appends what the activity shows. `evidence`: where it stands in the logs.
    void observe(const event::Activity& activity, const incident::Evidence& evidence,
                 std::vector<Alert>& alerts);

    struct Losses {
        std::uint64_t displaced = 0;  // of what was remembered, to make room
        std::uint64_t held = 0;       // alerts beyond Settings::most_hourly
        std::uint64_t untimely = 0;   // activities whose time nobody else agreed with
    };
    [[nodiscard]] Losses losses() const;
    // The real time (watch/detect/incident/clock.h); 0: not known.
    void set_present(event::Time present) { clock_.set_present(present); }
    [[nodiscard]] bool is_learning() const;

    [[nodiscard]] std::vector<std::uint8_t> save() const;
    // Into a detector made with the same settings, that has seen nothing. After an error it must
    // not be used.
    base::Result<void> load(std::span<const std::uint8_t> bytes);

  private:
    // Alerts of one detection on one host in this hour.
    struct Rate {
        event::Time since = 0;
        std::uint32_t count = 0;

        template <class Archive>
        void transfer(Archive& archive) {
            archive(since, count);
        }
    };

    [[nodiscard]] Age age() const { return {began_, clock_.now(), settings_.learning}; }
    void take(const Look& look);
    void limit(const Look& look, std::size_t from);

    template <class Archive>
    void transfer(Archive& archive) {
        archive(clock_, began_, persistence_, credentials_, parents_, lateral_, storms_, rates_,
                held_);
    }

    Settings settings_;
    Lists lists_;
    incident::Clock clock_;
    event::Time began_ = 0;
    Persistence persistence_;
    Credentials credentials_;
    Parents parents_;
    Lateral lateral_;
    Storms storms_;
    incident::Recent<Rate> rates_;
    std::uint64_t held_ = 0;
};

}  // namespace shoji::intrusion
