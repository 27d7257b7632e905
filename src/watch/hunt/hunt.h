// Rules over files of events: a timeline of what they find.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/correlator.h"
#include "watch/detect/sigma/plan.h"
#include "watch/event/windows_sources.h"
#include "watch/hunt/log_file.h"
#include "watch/hunt/recording.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace shoji::hunt {

// A field of the event that a rule holds for.
struct HitField {
    std::string name;
    std::string value;  // its beginning, if it is long
    event::Type type = event::Type::text;
    bool in_details = false;
};

struct Hit {
    event::Time time = 0;
    std::uint32_t rule = 0;  // of the plan; behind its rules, the steps of the correlations
    std::uint32_t file = 0;  // of the files given
    std::uint64_t record = 0;
    std::uint64_t place = 0;       // among the file's events; of the analysis: 0
    std::uint32_t suppressed = 0;  // 1 and up: by which of the analysis' suppressions; 0: by none
    std::string computer;
    std::string channel;
    std::string event_id;
    // The fields that tell most, "Name=value" separated by " | ". Of a correlation: its group's
    // values, what its condition was asked about, and when the oldest event was that counts. All
    // else is of the event with which it held.
    std::string details;
    // Where fields were wished for: all of the event's, and its log source; none of a correlation.
    std::vector<HitField> fields{};
    std::string product{};
    std::vector<std::string> categories{};

    // What hits are put in order by.
    [[nodiscard]] auto place_in_order() const { return std::tie(time, file, record, place, rule); }
};

struct Wish {
    sigma::Level least = sigma::Level::informational;
    event::Time since = 0;  // events before it are left out; those without a time are not
    unsigned int threads = 1;
    std::size_t most_hits = 5'000'000;
    std::size_t most_hit_bytes = 512 << 20;  // of all hits, their fields aside
    event::Reading reading;                  // of the logs
    bool fields = false;                     // of the events, with the hits
    std::size_t most_field_bytes = 512 << 20;
    // Asked once all files are read, in the order of time; null: none.
    const sigma::CorrelationPlan* correlations = nullptr;
    sigma::CorrelationLimits correlation_limits;
    std::size_t most_gathered_bytes = 256 << 20;  // of what they are told
    // Gets what the analysis is to be shown, whatever `least` says; null: nothing.
    Recording* recording = nullptr;
};

struct FileLoss {
    std::uint32_t file;
    base::Error what;
};

struct Timeline {
    std::vector<Hit> hits;  // by time, then file and record
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
    std::uint64_t without_source = 0;  // events that no product, service or category has
    std::uint64_t local_times = 0;     // events whose times said no offset from UTC
    std::uint64_t hits_left_out = 0;   // beyond most_hits, most_hit_bytes
    // Of events too large: how many, by file.
    std::map<std::uint32_t, std::uint64_t> fields_left_out;
    std::uint64_t hits_without_fields = 0;  // because of most_field_bytes
    std::uint64_t losses = 0;               // records and documents that could not be read
    // What correlations were not told, because events had no time or were too many.
    std::uint64_t observations_left_out = 0;
    sigma::CorrelationLosses correlation_losses;
    std::vector<FileLoss> told;  // what was lost, as far as it is told
};

// How far a hunt is; read from another thread.
struct Progress {
    std::atomic<std::uint64_t> files = 0;
    std::atomic<std::uint64_t> bytes = 0;
    std::atomic<std::uint64_t> events = 0;
    std::atomic<std::uint64_t> hits = 0;
    std::atomic<std::uint64_t> analysed = 0;  // records that the analysis was shown
};

// All files, on the threads wished for. Files that cannot be opened are among what is told.
base::Result<Timeline> hunt(const sigma::Plan& plan, const event::Names& names,
                            const event::WindowsSources& windows,
                            const std::vector<std::filesystem::path>& files, const Wish& wish,
                            Progress& progress);

}  // namespace shoji::hunt
