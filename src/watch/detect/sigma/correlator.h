// Correlations over a stream of observations, within a bounded memory.
//
// Observations come in the order of their time (ObservationOrder makes that order of a stream that
// lacks it). At each one, the condition is asked about the window that ends with it: the
// observations of the same group that are at most the timespan older. Windows slide; they have no
// fixed beginnings. An event without one of the fields in group_by, or whose counted field is
// missing or no number where one is needed, is none of the correlation's. Values are equal without
// regard to case, as everywhere in Sigma. Of a field with several values the first one counts.
//
// To another correlation, a correlation occurs with each event at which its condition holds. It is
// reported once it holds, and again while it goes on holding when a whole timespan has passed
// since.
//
// Bounded: a correlation has at most `groups` groups, of which the one that was silent for longest
// goes first; a group keeps its newest `events` events; and when all groups need more than `bytes`,
// those go of the correlation that needs most, the one silent for longest first. What a timespan
// would have kept is counted in Losses when it goes; what is over is not a loss.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/correlation_plan.h"
#include "watch/detect/sigma/correlation_window.h"
#include "watch/detect/sigma/observation.h"

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace shoji::sigma {

struct CorrelationLimits {
    std::size_t groups = 65'536;   // of one correlation
    std::size_t events = 100'000;  // of one group; what CorrelationRule::most_events counts to
    std::size_t bytes = 64 << 20;  // of all groups, about
};

struct CorrelationLosses {
    std::uint64_t groups = 0;   // left before their time
    std::uint64_t events = 0;   // that left their group before their time
    std::uint64_t late = 0;     // observations that came too late to be put in order
    std::uint64_t untimed = 0;  // observations whose source did not say when

    [[nodiscard]] std::uint64_t all() const { return groups + events + late + untimed; }
    template <class Archive>
    void transfer(Archive& archive) {
        archive(groups, events, late, untimed);
    }
    bool operator==(const CorrelationLosses&) const = default;
};

// What could not be taken over from a saved state.
struct CorrelationsLeft {
    std::uint32_t correlations = 0;  // that remembered something
    std::uint64_t groups = 0;
};

struct CorrelationHit {
    std::uint32_t step = 0;  // of the plan
    event::Time first = 0;   // of the window's events
    event::Time time = 0;    // of the event that made it hold
    double measure = 0;      // what the bounds were asked about; rules that occurred for temporal
    // The names in group_by and their values, which may be cut (Observed::most_shown).
    std::vector<std::pair<std::string, std::string>> group;
};

class Correlator {
  public:
    // The plan must outlive it.
    explicit Correlator(const CorrelationPlan& plan, const CorrelationLimits& limits = {});

    // Adds to `hits`. An observation that is older than one before, or has no time, is left out and
    // counted.
    void add(const Observation& observation, std::vector<CorrelationHit>& hits);

    // What it remembers, as bytes, and back, with whatever limits. Correlations are known again by
    // what they say, what the correlations they refer to say, and the names of the rules; what is
    // remembered of one that has changed or is gone is left behind and counted, also in losses.
    // What an ObservationOrder still holds back is none of it. On an error nothing has changed.
    [[nodiscard]] std::vector<std::uint8_t> save() const;
    base::Result<CorrelationsLeft> load(std::span<const std::uint8_t> bytes);

    [[nodiscard]] const CorrelationLosses& losses() const { return losses_; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }  // at most the limit, between calls

  private:
    struct Group {
        Digest key;
        event::Time last = 0;      // its newest event
        event::Time reported = 0;  // 0: never
        bool held = false;
        std::size_t bytes = 0;
        std::unique_ptr<CorrelationWindow> window;
    };
    struct Table {
        std::list<Group> groups;  // the one with the newest event first
        std::unordered_map<Digest, std::list<Group>::iterator, DigestHash> by_key;
        std::size_t bytes = 0;
    };
    // That a correlation held: what others are told.
    struct Occurrence {
        std::vector<const Observed*> group;
    };
    struct Cause {
        std::uint32_t input;
        const Occurrence* inner;  // null: a rule
    };
    // What one event is to one group of one correlation.
    struct Arrival {
        Digest key;
        Sample sample;
        std::vector<const Observed*> group;
    };

    void ask(std::uint32_t step, std::span<const Cause> causes, const Observation& observation,
             std::vector<CorrelationHit>& hits);
    void arrive(std::uint32_t step, const Arrival& arrival, std::vector<CorrelationHit>& hits);
    Group& group_of(std::uint32_t step, const Arrival& arrival);
    void drop_last(std::uint32_t step);
    void drop_expired(std::uint32_t step);
    void keep_to_bytes();
    void count_bytes(Table& table, Group& group);
    void load_table(std::uint32_t step, std::uint32_t groups, base::Loader& loader);
    bool load_group(std::uint32_t step, base::Loader& loader);

    const CorrelationPlan& plan_;
    CorrelationLimits limits_;
    CorrelationLosses losses_;
    std::vector<Table> tables_;  // one a step
    std::size_t bytes_ = 0;
    event::Time now_ = 0;
    // Of the observation being added.
    std::map<std::uint32_t, std::vector<Cause>> pending_;  // by step, which is their order
    std::deque<Occurrence> occurrences_;
};

}  // namespace shoji::sigma
