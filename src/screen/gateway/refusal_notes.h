// Refusals on their way to the journal. Anybody at a terminal can cause as many as requests fit
// through the line, and each costs the journal a write to disk: the first ones of a source are
// recorded as they are, the rest of a window in one record that says how many they were. Nobody can
// make the table grow by inventing sources.
//
// Pure: the caller says what time it is, in seconds of a clock that is never set.
#pragma once

#include "core/journal/record.h"

#include <map>
#include <tuple>

namespace shoji::gateway {

class RefusalNotes {
  public:
    static constexpr double window = 10;                // seconds
    static constexpr std::uint64_t recorded_each = 20;  // of one source in a window
    // Of one action: a flood of one kind leaves the others their details.
    static constexpr std::size_t maximum_sources = 100;

    // The refusal when it is to be recorded as it is; none: it was counted. A source is an action,
    // who and a terminal; those beyond maximum_sources share one.
    std::optional<journal::Record> add(journal::Record record, double now);
    // For each source that had too many in a window that is over, one record of the rest.
    std::vector<journal::Record> take(double now);
    // The same for all windows.
    std::vector<journal::Record> take_all();

  private:
    using Source = std::tuple<journal::Action, std::string, std::string>;
    struct Window {
        double began = 0;
        std::uint64_t recorded = 0;
        std::uint64_t counted = 0;
        std::string last;  // what the last of those that were only counted was about
    };

    Source source_of(const journal::Record& record) const;

    std::map<Source, Window> windows_;
};

}  // namespace shoji::gateway
