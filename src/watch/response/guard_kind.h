// Which of two ways a guard has to stop somebody: chosen by trying.
#pragma once

#include <string>

namespace shoji::response {

enum class GuardKind {
    lsm,          // the kernel refuses the call (EPERM)
    tracepoints,  // who makes it is killed
};

struct GuardChoice {
    GuardKind kind = GuardKind::tracepoints;
    std::string why;  // not LSM; empty where it is, or was not tried
};

}  // namespace shoji::response
