// Records in the order of time, however many. What several threads give is sorted in parts that fit
// into memory; a part that is full goes to a temporary file, which has no name and ends with this;
// at the end all parts are merged. Nothing is left out, whatever order files have, and nothing
// depends on the number of threads.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "watch/event/event.h"

#include <compare>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace shoji::hunt {

class RecordSort {
  public:
    static constexpr std::size_t most_record = 1 << 20;  // bytes

    // No two records have the same one.
    struct Key {
        event::Time time = 0;
        std::uint32_t file = 0;
        std::uint64_t place = 0;  // in the file
        std::uint32_t step = 0;   // at that place

        auto operator<=>(const Key&) const = default;
    };

    // For one thread.
    class Part {
      public:
        Part(RecordSort& sort, std::size_t most_bytes) : sort_(sort), most_bytes_(most_bytes) {}

        // Precondition: at most most_record bytes.
        void add(const Key& key, std::span<const std::uint8_t> bytes);

      private:
        friend class RecordSort;
        struct Entry {
            Key key;
            std::size_t at = 0;
            std::size_t size = 0;
        };

        RecordSort& sort_;
        std::size_t most_bytes_;
        std::vector<Entry> entries_;
        std::vector<std::uint8_t> bytes_;
    };

    // `parts` at most are asked for; together they keep `memory` bytes, and merging takes as much
    // again at most. The temporary file is made in `folder`, once it is needed.
    RecordSort(std::size_t parts, std::size_t memory, std::filesystem::path folder);
    RecordSort(const RecordSort&) = delete;
    RecordSort& operator=(const RecordSort&) = delete;
    ~RecordSort();

    // Good as long as the sort; from any thread.
    Part& part();

    // Once, when nothing more is added. An error: the temporary file could not be written.
    base::Result<void> finish();
    // The next one, good until the next call; false at the end.
    base::Result<bool> next(Key& key, std::span<const std::uint8_t>& bytes);

    [[nodiscard]] std::uint64_t records() const { return records_; }
    [[nodiscard]] std::uint64_t written() const { return file_end_; }  // bytes of the file

  private:
    struct Run {
        std::uint64_t from = 0;
        std::uint64_t to = 0;
    };
    class Source;

    void sort(Part& part);
    void write(Part& part);
    base::Result<void> append(std::span<const std::uint8_t> bytes);
    base::Result<void> make_file();

    std::size_t part_bytes_;
    std::size_t memory_;
    std::filesystem::path folder_;
    std::mutex mutex_;
    std::deque<Part> parts_;
    base::FileDescriptor file_;
    std::uint64_t file_end_ = 0;
    std::vector<Run> runs_;
    std::optional<base::Error> error_;  // the first
    std::uint64_t records_ = 0;
    std::vector<Source> sources_;
    std::vector<std::size_t> heap_;  // of sources, the earliest first
    bool began_ = false;
};

}  // namespace shoji::hunt
