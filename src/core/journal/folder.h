// The journal's files in the folder audit/ of the state, for reading:
//
//   audit/journal/000001.jsonl …   segments, in order; the last may still be empty
//   audit/checkpoint               the newest checkpoint's line, replaced at each one
//   audit/signing.key              of the writer alone
//   audit/lock                     held by the writer while it runs
//   audit.pub                      one level up: the public key
#pragma once

#include "core/journal/verifier.h"

#include <filesystem>
#include <functional>
#include <vector>

namespace shoji::journal {

inline constexpr const char* journal_folder = "journal";
inline constexpr const char* checkpoint_file = "checkpoint";
inline constexpr const char* signing_key_file = "signing.key";
inline constexpr const char* lock_file = "lock";
inline constexpr const char* public_key_file = "audit.pub";

std::string segment_name(std::uint32_t ordinal);  // "000001.jsonl"

struct Segment {
    std::uint32_t ordinal = 0;  // from 1
    std::filesystem::path path;
};
// In order. `audit` is the folder that holds journal/.
base::Result<std::vector<Segment>> list_segments(const std::filesystem::path& audit);

// Calls `use` with each whole line, without its line feed, until it returns false; returns what
// follows the last line feed.
base::Result<std::string> read_lines(const std::filesystem::path& audit,
                                     const std::function<bool(std::string_view)>& use);

struct Report {
    Tally tally;
    std::optional<Finding> finding;  // none: the journal is whole
};

// A last line without an end is looked at again after a moment, since the writer may be at it.
base::Result<Report> verify_folder(const std::filesystem::path& audit, const PublicKey& key,
                                   const std::optional<ParsedLine>& known);

// A checkpoint's line in a file: exported earlier, or audit/checkpoint. `not_found` when there is
// no such file, `corrupt` when it is no checkpoint or its signature does not hold.
base::Result<ParsedLine> load_checkpoint(const std::filesystem::path& path, const PublicKey& key);

}  // namespace shoji::journal
