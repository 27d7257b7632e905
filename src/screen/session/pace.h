// How often the page may draw while the machine is short of processor time, so that a session that
// only shows something leaves it to those in which somebody types. Pure: the clock is an argument.
//
// Every session judges by itself: between two waits its program never blocks, so time that passed
// without it having a processor was time that others had it (or that it had to share).
#pragma once

#include "screen/session/send_window.h"

#include <cstddef>
#include <optional>

namespace shoji::session {

class Pace {
  public:
    Pace();

    // The program had something to do for so long, until now, and a processor for so much of it.
    void worked(Duration elapsed, Duration processor, Time now);
    // Keys, text, buttons: somebody waits for the answer. The full rate for a second.
    void typed(Time now) { typed_ = now; }
    // The wheel, the pointer: pictures pass by, and fewer of them will do. Never below 8 a second.
    void moved(Time now) { moved_ = now; }

    // The least time between two pictures: 16 to 250 ms.
    [[nodiscard]] Duration interval(Time now) const;

  private:
    void judge(Time now);

    std::optional<Time> typed_;
    std::optional<Time> moved_;
    std::size_t step_ = 0;  // of the intervals; 0 is the full rate
    Time since_;            // when it was last judged
    // Worked of late.
    Duration elapsed_{};
    Duration processor_{};
    Time worked_;   // last
    Time eased_;    // since when there has been time enough, or the last step back
    Time starved_;  // when there was last too little, or the last step back
    Duration patience_;
    bool on_trial_ = false;  // the last step back was made in spite of a little want
};

}  // namespace shoji::session
