#include "watch/hunt/recording.h"

#include "core/base/archive.h"
#include "watch/hunt/activity_bytes.h"

namespace shoji::hunt {
namespace {

// The steps at one event's place.
constexpr std::uint32_t activity_step = 0;
constexpr std::uint32_t first_hit = 1;
constexpr std::uint32_t first_correlation = 1U << 31;

base::Failure damaged() {
    return base::because(base::ErrorKind::corrupt, "the temporary file is not as it was written");
}

}  // namespace

void Recording::Tape::add(const event::Event& event, std::span<const RuleHit> hits,
                          const EventPlace& at) {
    event::Activity activity;
    const bool is_activity = recording_.lens_.activities.view(event, activity);
    if (!is_activity && hits.empty()) return;
    if (event.time <= 0) {
        ++recording_.untimed_;
        return;
    }
    if (is_activity) {
        base::ByteWriter writer;
        writer.write(event.record);
        if (!write_activity(activity, writer)) ++recording_.cut_;
        part_.add({event.time, at.file, at.place, activity_step}, writer.bytes());
    }
    auto step = first_hit;
    for (const auto& hit : hits) {
        const auto& file = recording_.files_[at.file].native();
        put({event.time, at.file, at.place, step++}, hit.number, event.record,
            recording_.lens_.hits.alert_of(*hit.rule, event, file));
    }
}

void Recording::Tape::add(const RuleHit& rule, const incident::Alert& hit, std::uint64_t record,
                          const EventPlace& at, std::uint32_t number) {
    if (hit.time <= 0) {
        ++recording_.untimed_;
        return;
    }
    put({hit.time, at.file, at.place, first_correlation + number}, rule.number, record, hit);
}

void Recording::Tape::put(const RecordSort::Key& key, std::uint32_t rule, std::uint64_t record,
                          const incident::Alert& hit) {
    base::ByteWriter writer;
    writer.write(rule);
    writer.write(record);
    base::Saver saver;
    saver(hit);
    writer.write_bytes(saver.take());
    part_.add(key, writer.bytes());
}

base::Result<void> Recording::play(analysis::Analysis& analysis, const RecordingListener& listener,
                                   std::atomic<std::uint64_t>& progress) {
    if (auto sorted = sort_.finish(); !sorted) return sorted;
    RecordSort::Key key;
    std::span<const std::uint8_t> bytes;
    while (true) {
        const auto there = sort_.next(key, bytes);
        if (!there) return base::Failure(there.error());
        if (!*there) break;
        if (auto played = play_one(key, bytes, analysis, listener); !played) return played;
        ++progress;
    }
    told_.clear();
    analysis.finish(told_);
    for (auto& alert : told_) listener.found({std::move(alert), key.file, 0});
    return {};
}

base::Result<void> Recording::play_hit(const RecordSort::Key& key,
                                       std::span<const std::uint8_t> bytes,
                                       analysis::Analysis& analysis,
                                       const RecordingListener& listener) {
    base::ByteReader reader(bytes);
    const auto rule = reader.read<std::uint32_t>();
    const auto record = reader.read<std::uint64_t>();
    incident::Alert hit;
    base::Loader loader(reader.read_bytes(reader.remaining()));
    loader(hit);
    if (!loader.finished()) return damaged();
    if (const auto* by = analysis.add(hit)) {
        listener.suppressed({key.time, {key.file, key.place}, record, rule, by});
    }
    return {};
}

base::Result<void> Recording::play_one(const RecordSort::Key& key,
                                       std::span<const std::uint8_t> bytes,
                                       analysis::Analysis& analysis,
                                       const RecordingListener& listener) {
    if (key.step != activity_step) return play_hit(key, bytes, analysis, listener);
    base::ByteReader reader(bytes);
    const auto record = reader.read<std::uint64_t>();
    event::Activity activity;
    if (!read_activity(reader, activity)) return damaged();
    told_.clear();
    analysis.observe(activity, {files_[key.file].native(), record}, told_);
    for (auto& alert : told_) listener.found({std::move(alert), key.file, record});
    return {};
}

}  // namespace shoji::hunt
