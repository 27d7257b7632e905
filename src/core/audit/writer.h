// The journal as its one writer sees it: records in, acknowledgements out.
#pragma once

#include "core/audit/clock.h"
#include "core/audit/segment_store.h"
#include "core/journal/signing.h"

#include <span>
#include <vector>

namespace shoji::audit {

// A checkpoint follows the latest line after so many lines, or after so long.
inline constexpr std::uint64_t checkpoint_lines = 256;
inline constexpr std::chrono::seconds checkpoint_pause{10};
// Records of one append().
inline constexpr std::size_t maximum_batch = 64;

class Writer {
  public:
    // Continues the journal in `audit`, or begins one: what was found there is its first line, and
    // a checkpoint its next. The signing key must be there.
    static base::Result<Writer> open(JournalLock lock, const std::filesystem::path& audit,
                                     std::uint64_t reserve, Clock clock);

    // Writes the records in order with one sync; an acknowledgement each. At most maximum_batch.
    std::vector<journal::Acknowledgement> append(std::span<const journal::Submitted> records);

    // How long until sign() is due; none while all is signed.
    [[nodiscard]] std::optional<std::chrono::microseconds> until_checkpoint() const;
    base::Result<void> sign();

    // Says that it ends, and signs that.
    base::Result<void> close();

  private:
    // What the next line needs to know, and what a failed write must restore.
    struct Position {
        std::uint64_t sequence = 1;
        journal::Digest previous{};
        std::uint64_t not_signed = 0;
        std::chrono::microseconds not_signed_since{0};  // uptime
        ClockWatch watch;
        bool is_short = false;
    };
    // Lines under way to the disk.
    struct Draft {
        std::string lines;
        std::string checkpoint;  // the last one among them
        Position position;
    };

    Writer(SegmentStore store, journal::SigningKey key, Clock clock);

    [[nodiscard]] Draft begin();
    template <class Body>
    void add(Draft& draft, const Body& body);
    void add_checkpoint(Draft& draft);
    void add_notices_of_opening(Draft& draft, const std::filesystem::path& audit);
    void add_notice_of_space(Draft& draft);
    [[nodiscard]] bool has_room(const Draft& draft, const journal::Submitted& record) const;
    base::Result<void> commit(const Draft& draft);
    [[nodiscard]] journal::Stamp stamp(const Position& position, const Moment& moment) const;

    SegmentStore store_;
    journal::SigningKey key_;
    Clock clock_;
    Position position_;
};

}  // namespace shoji::audit
