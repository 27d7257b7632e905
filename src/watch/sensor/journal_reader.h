// The journal as the analyst reads it: through channels, one after another, that the keeper gives
// it over a link. A channel is a stream from one journalctl, and begins with an entry's first byte;
// an entry that its end cuts comes whole in the next one, which begins behind the last that was
// taken. So nobody can have bytes of his own message read as another entry by ending what reads.
#pragma once

#include "core/base/file_descriptor.h"
#include "watch/sensor/journal_entries.h"
#include "watch/sensor/journal_place.h"

#include <functional>

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

  private:
    void take_channel();
    void take(const JournalEntry& entry);

    base::FileDescriptor link_;
    base::FileDescriptor channel_;
    JournalEntries entries_;
    JournalReport report_;
    bool is_told_ = true;
};

}  // namespace shoji::sensor
