// Whether a journal is whole: line after line against the chain and the signatures. Pure.
//
// What it can prove and what it cannot is said in docs/audit.md: who has the writer's key can sign
// another history, which only a checkpoint that was exported before shows; and a cut end shows only
// against such a checkpoint.
#pragma once

#include "core/journal/entry.h"

#include <optional>

namespace shoji::journal {

// The writer signs at the latest after so many lines; more in a row without a checkpoint is a
// finding.
inline constexpr std::uint64_t maximum_unsigned = 1024;

enum class Trouble : std::uint8_t {
    altered,     // the line is not what was written
    missing,     // the line is gone
    moved,       // another line stands here, and this one elsewhere or twice
    forged,      // a checkpoint's signature is not the writer's: a line since the last good one
    not_signed,  // checkpoints are gone: more lines in a row without one than the writer leaves
    cut,         // the journal ends before a known checkpoint
    rewritten,   // a known checkpoint is not in the journal: it had another history
    incomplete,  // the last line has no end
};

struct Finding {
    Trouble trouble = Trouble::altered;
    std::uint64_t first = 0;  // sequence number of the first line that is not as it was written …
    std::uint64_t last = 0;   // … or, where that cannot be told exactly, it is one up to this

    friend bool operator==(const Finding&, const Finding&) = default;
};

struct Tally {
    std::uint64_t lines = 0;  // up to the finding
    std::uint64_t records = 0;
    std::uint64_t notices = 0;
    std::uint64_t checkpoints = 0;
    std::uint64_t last_signed =
        0;  // sequence of the last checkpoint whose signature holds; 0: none
};

class Verifier {
  public:
    // `known`: a checkpoint exported earlier, which must hold for `key`.
    Verifier(const PublicKey& key, std::optional<ParsedLine> known)
        : key_(key), known_(std::move(known)) {}

    // The next line, without its line feed. After a finding only its kind is made out from the
    // lines that follow.
    void take(std::string_view line);
    // All lines are taken; `rest` is what followed the last line feed.
    void finish(std::string_view rest);

    [[nodiscard]] const std::optional<Finding>& finding() const { return finding_; }
    [[nodiscard]] const Tally& tally() const { return tally_; }

  private:
    void find(Trouble trouble, std::uint64_t first, std::uint64_t last) {
        finding_ = Finding{trouble, first, last};
    }
    void check_checkpoint(const ParsedLine& line);
    void check_known(const ParsedLine& line);
    void count(const ParsedLine& line);

    PublicKey key_;
    std::optional<ParsedLine> known_;
    std::uint64_t expected_ = 1;
    Digest previous_{};
    std::optional<Finding> finding_;
    Tally tally_;
};

}  // namespace shoji::journal
