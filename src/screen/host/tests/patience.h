// How long tests wait for what must come. It bounds a failure, not a success: an emulated machine
// takes minutes where a real one takes a second.
#pragma once

#include <chrono>
#include <thread>

namespace shoji::host::tests {

inline constexpr std::chrono::seconds patience{180};
inline constexpr std::chrono::milliseconds glance{20};

// Asks again and again until the answer is yes; false when patience ends first.
template <class Question>
bool eventually(Question question) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!question()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(glance);
    }
    return true;
}

}  // namespace shoji::host::tests
