// All detectors and the gatherer of incidents as one: events with the rules that they met in, about
// in the order of time; alerts and incidents out. No I/O. One thread at a time. Memory stays below
// Settings::memory_limit() whatever comes; what had to go is counted, and told as alerts.
//
// The same class serves `shoji hunt`, a terminal's sensor and the hub.
#pragma once

#include "core/base/result.h"
#include "watch/detect/analysis/lens.h"
#include "watch/detect/analysis/losses.h"
#include "watch/detect/analysis/settings.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace shoji::analysis {

// What detectors know from the start. It is no part of the saved state.
struct Lists {
    exfiltration::NameList destinations;  // storage sites, paste sites, webmail …
    intrusion::Lists intrusion;
    beacon::DomainList young;
    beacon::DomainList known;  // raise no alerts of beacon
};

class Analysis {
  public:
    using Alerts = std::vector<incident::Alert>;

    // Settings::exfiltration.secret and Settings::beacon.key should be unpredictable where hostile
    // names arrive.
    Analysis(Settings settings, Lists lists, incident::Suppressions suppressions = {});
    Analysis(const Analysis&) = delete;
    Analysis& operator=(const Analysis&) = delete;

    // An event, the rules and correlations that it met, and the file or channel that it stands in.
    // Appends what the detectors tell, but not what is suppressed, nor the rules' own hits: the
    // caller has those.
    void take(const Lens& lens, const event::Event& event,
              std::span<const sigma::Heading* const> hits, std::string_view file, Alerts& told);

    // The same in parts, for who has taken the event apart before.
    void observe(const event::Activity& activity, const incident::Evidence& evidence, Alerts& told);
    // The suppression that holds it back, good until they are changed; null: none does.
    const incident::Suppression* add(const incident::Alert& hit) {
        gatherer_.add(hit);
        return gatherer_.held_by();
    }

    // The real time: up to it, the time that events tell may pass as fast as it will, as in logs
    // that are silent over a weekend; times beyond are doubted. 0, as after load(): not known, and
    // a day is the most that a single activity moves the time.
    void set_present(event::Time present);

    // Tells what was lost and not told yet: once nothing more comes.
    void finish(Alerts& told);

    [[nodiscard]] const incident::Gatherer& incidents() const { return gatherer_; }
    // To close incidents and to change suppressions.
    [[nodiscard]] incident::Gatherer& incidents() { return gatherer_; }
    [[nodiscard]] Losses losses() const;
    // Activities from more than an hour before the newest one that the loaded state had seen: logs
    // that were perhaps taken before.
    [[nodiscard]] std::uint64_t seen_before() const { return seen_before_; }

    // All that was learnt and gathered, with the secrets of the settings: nobody else's to read.
    [[nodiscard]] std::vector<std::uint8_t> save();
    // Into an analysis that has seen nothing and has the same limits of memory; its secrets become
    // those of the state. After an error it must not be used.
    base::Result<void> load(std::span<const std::uint8_t> bytes);

  private:
    // Adds what stands in `alerts` from `from` on to incidents, and takes away what is suppressed.
    void gather(Alerts& alerts, std::size_t from);
    void make_detectors();

    Settings settings_;
    Lists lists_;
    std::unique_ptr<exfiltration::Exfiltration> exfiltration_;
    std::unique_ptr<beacon::Detector> beacon_;
    intrusion::Detector intrusion_;
    incident::Gatherer gatherer_;
    LossTeller loss_teller_;
    event::Time loaded_until_ = 0;
    std::uint64_t seen_before_ = 0;
    std::uint64_t since_losses_ = 0;              // activities since losses were looked at
    std::vector<exfiltration::Alert> taken_out_;  // of one activity; kept for its memory
};

}  // namespace shoji::analysis
