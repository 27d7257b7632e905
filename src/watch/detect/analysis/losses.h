// What the detectors and the gatherer had to leave out, and when it is told. Dropped work is never
// silent: it becomes an alert of its own, at most once a day of the logs' time for each sort.
#pragma once

#include "watch/detect/beacon/detector.h"
#include "watch/detect/exfiltration/exfiltration.h"
#include "watch/detect/incident/gatherer.h"
#include "watch/detect/intrusion/detector.h"

#include <array>
#include <cstdint>
#include <vector>

namespace shoji::analysis {

struct Losses {
    exfiltration::Exfiltration::Losses exfiltration;
    beacon::Dropped beacon;
    intrusion::Detector::Losses intrusion;
    incident::Gatherer::Losses incident;

    // Of alerts, of incidents and of what detectors remembered: something may have been missed.
    [[nodiscard]] std::uint64_t grave() const;
};

// Its sorts, from the gravest: alerts, incidents, what detectors remembered, and activities that
// were not taken as they came. Old records that only fill incidents' pages (starts of programs,
// logons, history) go as time does: they are counted, and no alert.
class LossTeller {
  public:
    static constexpr std::size_t sorts = 4;

    // Appends what was lost since it was told last, once a day has gone by since, or
    // `now_or_never`.
    void tell(const Losses& losses, event::Time now, bool now_or_never,
              std::vector<incident::Alert>& alerts);

    template <class Archive>
    void transfer(Archive& archive) {
        for (auto& one : told_) archive(one.count, one.time);
    }

  private:
    struct Told {
        std::uint64_t count = 0;
        event::Time time = 0;
    };
    std::array<Told, sorts> told_{};
};

}  // namespace shoji::analysis
