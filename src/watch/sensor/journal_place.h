// How far the analyst has read systemd's journal, as it tells the keeper: whoever reads on after it
// begins there. Pure. What comes from the analyst is checked like what comes from outside, for a
// part of it becomes a word on a command line.
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sensor {

struct JournalPlace {
    std::int64_t microseconds = 0;  // since 1970, of the last entry that was taken; 0: none was
    std::string cursor;             // its __CURSOR; empty: its time has to do

    bool operator==(const JournalPlace&) const = default;
};

// journald's cursors are letters, digits and "=;-" (sd_journal_get_cursor(3)), some 150 of them.
constexpr std::size_t most_cursor = 256;
bool is_cursor(std::string_view text);

// From the analyst to the keeper, one packet each.
struct JournalReport {
    bool ended = false;  // the channel was read to its end: another one may be given
    JournalPlace place;

    bool operator==(const JournalReport&) const = default;
};
constexpr std::size_t journal_report_head = 9;
constexpr std::size_t most_journal_report = journal_report_head + most_cursor;
// A cursor that is none is left out.
std::vector<std::uint8_t> encode(const JournalReport& report);
base::Result<JournalReport> decode_journal_report(std::span<const std::uint8_t> bytes);

}  // namespace shoji::sensor
