// The journal's files, for the one that writes them (core/journal/folder.h says where they are).
// Blocks on disk are reserved ahead: for the rest of the segment being written, and for the whole
// of the next one, which stands there empty.
#pragma once

#include "core/audit/journal_lock.h"
#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "core/journal/folder.h"

#include <algorithm>
#include <optional>

namespace shoji::audit {

class SegmentStore {
  public:
    // What stands at the end.
    struct Tail {
        std::optional<journal::ParsedLine> last;  // the last line in the journal's form
        std::uint64_t lines_not_signed = 0;  // at least so many stand after the last checkpoint
        std::uint64_t cut_bytes = 0;         // after the last line, put aside: no whole line
        journal::Digest cut_digest{};        // of them
        std::string cut_file;                // where they are now; empty: they could not be kept
    };

    // Makes the folder where it is missing and looks at the end. `reserve` bytes are reserved
    // ahead: at most that, at least half of it.
    static base::Result<SegmentStore> open(JournalLock lock, const std::filesystem::path& audit,
                                           std::uint64_t reserve);

    [[nodiscard]] const Tail& tail() const { return tail_; }

    // All of `lines` is on disk, or (an error) none of it: `full` when there is no space. Each
    // call's lines stand in one file.
    base::Result<void> append(std::string_view lines);

    // Bytes that can still be written whatever else fills the disk.
    [[nodiscard]] std::uint64_t reserved_left() const;
    // Less than a quarter of the reserve is left, since no more could be had.
    [[nodiscard]] bool is_short() const { return reserved_left() < capacity_ / 2; }
    // Tries to reserve what is missing.
    void reserve_ahead();

    // Replaces audit/checkpoint.
    base::Result<void> publish_checkpoint(std::string_view line);

  private:
    struct File {
        base::FileDescriptor descriptor;
        std::uint32_t ordinal = 0;
        std::uint64_t size = 0;
    };

    SegmentStore(JournalLock lock, std::filesystem::path audit, std::uint64_t capacity)
        : lock_(std::move(lock)), audit_(std::move(audit)), capacity_(capacity) {}

    base::Result<void> find_tail();
    std::size_t scan(std::string_view bytes);
    base::Result<void> continue_in(std::uint32_t ordinal, std::string_view bytes,
                                   std::size_t good_end);
    void put_aside(std::string_view bytes);
    base::Result<File> open_segment(std::uint32_t ordinal) const;
    [[nodiscard]] base::Result<void> reserve(const File& file) const;
    base::Result<void> next_segment();
    base::Result<void> write(std::string_view lines);

    JournalLock lock_;
    std::filesystem::path audit_;
    std::uint64_t capacity_;  // of a segment
    Tail tail_;
    File current_;
    std::optional<File> next_;
};

}  // namespace shoji::audit
