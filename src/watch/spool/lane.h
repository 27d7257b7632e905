// The segments of one class of records in a spool's folder: files CLASS-SEQUENCE.segment. No
// record in one has a sequence below that of its name. One thread at a time.
//
// A record is durable once sync() has returned after its append(): only durable records are read,
// so that nothing is delivered that a power cut can take back and number again.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "watch/spool/segment.h"

#include <deque>
#include <filesystem>
#include <vector>

namespace shoji::spool {

struct Record {
    std::uint64_t sequence = 0;
    std::vector<std::uint8_t> bytes;
};

class Lane {
  public:
    // What was found at opening.
    struct Recovery {
        std::uint64_t torn_bytes = 0;        // behind the last sound frame, cut off
        std::uint64_t damaged_segments = 0;  // without a sound header, removed
    };

    // Sequences begin behind `acknowledged` and behind all that is there.
    static base::Result<Lane> open(const std::filesystem::path& folder, Class kind,
                                   std::uint64_t segment_bytes, std::uint64_t acknowledged);

    [[nodiscard]] const Recovery& recovery() const { return recovery_; }
    [[nodiscard]] std::uint64_t next() const { return next_; }
    [[nodiscard]] std::uint64_t durable() const { return durable_; }  // the last durable sequence
    [[nodiscard]] bool unsynced() const { return next_ - 1 != durable_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }  // of all segments
    // Records that became unreadable or that a failed sync took.
    [[nodiscard]] std::uint64_t damaged() const { return damaged_; }

    // `full`: no space on the disk; nothing has changed then, nor after another error.
    base::Result<void> append(std::span<const std::uint8_t> record);
    // On an error what was not durable is given up, and counted in damaged().
    base::Result<void> sync();

    // Durable records behind `after`, in order, until they hold `most_bytes`; at least one where
    // there is one. A sequence that is left out is gone.
    base::Result<std::vector<Record>> read(std::uint64_t after, std::size_t most_bytes);

    // The collector has all up to there: whole segments of such records are removed.
    base::Result<void> acknowledge(std::uint64_t sequence);
    // Removes the oldest segment; the number of records behind `acknowledged` that went with it.
    // Precondition: can_drop().
    base::Result<std::uint64_t> drop_oldest(std::uint64_t acknowledged);
    // There is a segment with records.
    [[nodiscard]] bool can_drop() const;

  private:
    struct Segment {
        std::uint64_t name = 1;   // of its file
        std::uint64_t first = 1;  // by its header; above its name once it was emptied
        std::uint64_t size = 0;
    };
    // Where the last read() ended.
    struct Cursor {
        std::uint64_t segment = 0;  // its first sequence; 0: nowhere
        std::uint64_t offset = 0;
        std::uint64_t after = 0;  // the sequence read last, or the one before the segment
        base::FileDescriptor file;
    };

    Lane(std::filesystem::path folder, Class kind, std::uint64_t segment_bytes)
        : folder_(std::move(folder)), kind_(kind), segment_bytes_(segment_bytes) {}

    [[nodiscard]] std::filesystem::path path_of(std::uint64_t name) const;
    base::Result<void> look_at(std::uint64_t name);
    base::Result<void> empty_last();
    void count_damaged(std::uint64_t from, std::uint64_t to);
    base::Result<void> find_segments();
    base::Result<void> recover_last();
    base::Result<void> begin_segment();
    base::Result<void> remove_first();
    base::Result<void> move_to(std::size_t segment);
    base::Result<bool> read_segment(std::uint64_t after, std::uint64_t end, std::size_t most_bytes,
                                    std::size_t& taken, std::vector<Record>& records);

    std::filesystem::path folder_;
    Class kind_;
    std::uint64_t segment_bytes_;
    std::deque<Segment> segments_;  // the last one is written to
    base::FileDescriptor active_;
    std::uint64_t next_ = 1;
    std::uint64_t durable_ = 0;
    std::uint64_t durable_size_ = 0;  // of the last segment
    std::uint64_t bytes_ = 0;
    std::uint64_t damaged_ = 0;
    std::uint64_t damage_counted_ = 0;  // up to this sequence: a second look counts nothing twice
    Cursor cursor_;
    std::vector<std::uint8_t> buffer_;
    Recovery recovery_;
};

}  // namespace shoji::spool
