// What a hunt shows the analysis: the activities of all files, and the hits of rules and
// correlations, in the order of time once all files are read. Of the same time, by file and by
// place in it; an activity comes before the hits of its event.
//
// Memory is bounded; what does not fit goes to a temporary file (record_sort.h).
#pragma once

#include "watch/detect/analysis/analysis.h"
#include "watch/hunt/record_sort.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace shoji::hunt {

// Where an event stands.
struct EventPlace {
    std::uint32_t file = 0;   // of the files given
    std::uint64_t place = 0;  // among the file's events
};

// What the analysis told, and where the event stands that led to it.
struct AnalysisFind {
    incident::Alert alert;
    std::uint32_t file = 0;
    std::uint64_t record = 0;
};

// A rule or a correlation that an event met, and its number as Hit::rule has it.
struct RuleHit {
    const sigma::Heading* rule = nullptr;
    std::uint32_t number = 0;
};

// One that a suppression holds back.
struct SuppressedHit {
    event::Time time = 0;
    EventPlace at;
    std::uint64_t record = 0;
    std::uint32_t rule = 0;
    const incident::Suppression* by = nullptr;
};

// Who is told of what the analysis makes of the recording.
struct RecordingListener {
    std::function<void(AnalysisFind)> found;
    std::function<void(const SuppressedHit&)> suppressed;
};

class Recording {
  public:
    struct Limits {
        unsigned int threads = 1;
        std::size_t memory = 256 << 20;  // bytes
        std::filesystem::path folder;    // of the temporary file
    };

    // The lens and the files must outlive it.
    Recording(const analysis::Lens& lens, const std::vector<std::filesystem::path>& files,
              const Limits& limits)
        : lens_(lens), files_(files), sort_(limits.threads + 1, limits.memory, limits.folder) {}

    // One thread's way to write to it.
    class Tape {
      public:
        explicit Tape(Recording& recording)
            : recording_(recording), part_(recording.sort_.part()) {}

        // An event and the rules that it met. Those without a time are left out, and counted.
        void add(const event::Event& event, std::span<const RuleHit> hits, const EventPlace& at);
        // A correlation's hit; `number` tells those of one event apart.
        void add(const RuleHit& rule, const incident::Alert& hit, std::uint64_t record,
                 const EventPlace& at, std::uint32_t number);

      private:
        void put(const RecordSort::Key& key, std::uint32_t rule, std::uint64_t record,
                 const incident::Alert& hit);

        Recording& recording_;
        RecordSort::Part& part_;
    };

    // Once, when all is written. An error: the temporary file cannot be written or read.
    base::Result<void> play(analysis::Analysis& analysis, const RecordingListener& listener,
                            std::atomic<std::uint64_t>& progress);

    [[nodiscard]] std::uint64_t untimed() const { return untimed_; }
    [[nodiscard]] std::uint64_t cut() const { return cut_; }  // texts that were too long

  private:
    base::Result<void> play_one(const RecordSort::Key& key, std::span<const std::uint8_t> bytes,
                                analysis::Analysis& analysis, const RecordingListener& listener);
    static base::Result<void> play_hit(const RecordSort::Key& key,
                                       std::span<const std::uint8_t> bytes,
                                       analysis::Analysis& analysis,
                                       const RecordingListener& listener);

    const analysis::Lens& lens_;
    const std::vector<std::filesystem::path>& files_;
    RecordSort sort_;
    std::atomic<std::uint64_t> untimed_ = 0;
    std::atomic<std::uint64_t> cut_ = 0;
    analysis::Analysis::Alerts told_;
};

}  // namespace shoji::hunt
