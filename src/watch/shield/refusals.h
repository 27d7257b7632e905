// Which refusals are told, and when: the first of a sort at once, those that follow once a minute,
// so that nobody floods with them.
#pragma once

#include "watch/shield/shield.h"

#include <chrono>
#include <map>
#include <optional>
#include <utility>

namespace shoji::shield {

// Of one act, and of a signal's number: who tried last, and how often it was tried since it was
// told.
struct Refused {
    Refusal last;
    std::uint64_t count = 0;
};

// "ACT PROCESS USER PROGRAM": an act is "trace", or of a signal "signal-9"; a program is its file
// while it runs, else its short name, and "-" where nobody can be named.
std::string describe(const Refusal& refusal);

class Refusals {
  public:
    using Time = std::chrono::steady_clock::time_point;
    // `times`: with those like it that cannot be told apart any more.
    void take(const Refusal& refusal, std::uint64_t times = 1);
    // What is to be told now.
    std::vector<Refused> due(Time now);

  private:
    struct Kind {
        Refused untold;
        std::optional<Time> told;
    };
    std::map<std::pair<Act, std::uint32_t>, Kind> kinds_;
};

}  // namespace shoji::shield
