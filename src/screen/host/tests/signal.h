// Signals to single processes only: kill(2) takes numbers below 1 for whole groups, and -1 for
// every process of the machine, which is what a failed look-up would otherwise turn into.
#pragma once

#include <csignal>

#include <gtest/gtest.h>
#include <sys/types.h>

namespace shoji::host::tests {

[[nodiscard]] inline bool send_signal(pid_t process, int signal) {
    if (process > 1) return ::kill(process, signal) == 0;
    ADD_FAILURE() << "there is no process " << process << " to end";
    return false;
}

}  // namespace shoji::host::tests
