// How long tests wait for what must come: a bound of failures, not of successes. An emulated
// machine says in SHOJI_TEST_SLOWNESS how many times longer it takes.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace shoji::gateway::testing {

inline std::chrono::seconds patience() {
    static const int times = [] {
        const char* said = std::getenv("SHOJI_TEST_SLOWNESS");
        return said == nullptr ? 1 : std::max(1, std::atoi(said));
    }();
    return times * std::chrono::seconds(20);
}

}  // namespace shoji::gateway::testing
