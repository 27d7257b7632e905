// What time it is.
#pragma once

#include "core/store/types.h"

#include <chrono>

namespace shoji::gateway {

inline store::Seconds now_seconds() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

// Seconds of a clock that is never set.
inline double steady_now() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

}  // namespace shoji::gateway
