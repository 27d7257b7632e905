// Journals made in memory for the tests of this room.
#pragma once

#include "core/journal/entry.h"

#include <vector>

namespace shoji::journal {

// Lines as the writer makes them: a notice, then records with a checkpoint after each
// `checkpoint_every` lines, and one at the end.
std::vector<Line> sample_journal(const SigningKey& key, std::size_t records,
                                 std::size_t checkpoint_every);

Record sample_record(std::size_t number);

Stamp sample_stamp(std::uint64_t sequence, const Digest& previous);

}  // namespace shoji::journal
