// What time it is.
#pragma once

#include "core/store/types.h"

#include <chrono>

namespace shoji::gateway {

inline store::Seconds now_seconds() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

}  // namespace shoji::gateway
