// The journal as the analyst reads it: through channels, one after another, that the keeper gives
// it over a link. A channel is a stream from one journalctl, and begins with an entry's first byte;
// an entry that its end cuts comes whole in the next one, which begins behind the last that was
// taken: with that entry itself, which tells that nothing behind it is gone. So nobody can have
// bytes of his own message read as another entry by ending what reads.
#pragma once

#include "core/base/file_descriptor.h"
#include "watch/sensor/journal_entries.h"
#include "watch/sensor/journal_place.h"

#include <functional>
#include <string>

namespace shoji::sensor {

class JournalReader {
  public:
    static constexpr std::size_t most_at_once = 256 << 10;  // bytes in one look

    // `link`: a packet socket that does not block; invalid: there is no journal.
    explicit JournalReader(base::FileDescriptor link) : link_(std::move(link)) {}

    // Calls `each` with the entries that have come.
    void look(const std::function<void(const JournalEntry& entry)>& each);
    // To the keeper: what look() gave so far has been handed on, and need not come again.
    void tell();
    [[nodiscard]] std::uint64_t damages() const { return entries_.damages(); }
    // How often the entry to go on behind was there no more, and so may others not be.
    [[nodiscard]] std::uint64_t gaps() const { return gaps_; }

  private:
    void take_channel();
    void take(const JournalEntry& entry);
    [[nodiscard]] bool was_taken_before(const JournalEntry& entry);

    base::FileDescriptor link_;
    base::FileDescriptor channel_;
    JournalEntries entries_;
    JournalReport report_;
    std::string begins_with_;  // the cursor of the entry that the channel begins with, once more
    std::uint64_t gaps_ = 0;
    bool is_told_ = true;
};

}  // namespace shoji::sensor
