// What an event of the sensor is about, in one short text that needs no language: a path,
// "old → new", an address and a port with the name that was asked for, a command line.
#pragma once

#include "watch/event/event.h"
#include "watch/event/names.h"

#include <string>
#include <vector>

namespace shoji::event {

class EventObject {
  public:
    // Adds the names that it looks for: before the first event is read.
    explicit EventObject(Names& names);

    // As the event says it, with whatever characters; empty: it is about nothing beyond itself.
    [[nodiscard]] std::string text(const Event& event) const;

  private:
    struct Piece {
        FieldId field;
        std::string_view before;
        std::string_view after;
        std::string_view usual;  // a value that is left out
    };
    struct Pattern {
        SourceId category;
        std::string_view type;  // EventType; empty: any
        std::vector<Piece> pieces;
    };

    std::vector<Pattern> patterns_;  // the first that fits an event counts
    std::vector<Piece> others_;      // of events that none fits, the first field that there is
};

}  // namespace shoji::event
