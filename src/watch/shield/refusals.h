// Which refusals are told, and when: the first of a sort (an act of a user) at once, those that
// follow once a minute, so that nobody floods with them. 256 sorts are told apart, then acts alone.
#pragma once

#include "watch/shield/shield.h"

#include <chrono>
#include <map>
#include <optional>
#include <tuple>

namespace shoji::shield {

// "ACT PROCESS USER FILE/PROGRAM": an act is "trace", or of a signal "signal-9"; a file's name is
// empty where it is none; a program is its file while it runs, else its short name. "-" is a user
// or a program that cannot be named.
std::string describe(const Refusal& refusal);

class Refusals {
  public:
    using Time = std::chrono::steady_clock::time_point;
    void take(const Refused& refused);
    // What is to be told now.
    std::vector<Refused> due(Time now);

  private:
    struct Sort {
        Refused untold;
        std::optional<Time> told;
    };
    std::map<std::tuple<Act, std::uint32_t, uid_t>, Sort> sorts_;
};

}  // namespace shoji::shield
