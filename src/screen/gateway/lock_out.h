// When a name that failed to sign in several times in a row may try again. Pure.
#pragma once

#include "core/store/attempts.h"

#include <algorithm>

namespace shoji::gateway {

struct LockOutRule {
    std::int64_t free_failures = 5;   // so many wrong attempts cost nothing
    store::Seconds first_delay = 30;  // after the next; each further one doubles it
    store::Seconds longest_delay = 3600;
};

constexpr store::Seconds lock_out_delay(const LockOutRule& rule, std::int64_t failures) {
    if (failures < rule.free_failures) return 0;
    const std::int64_t doublings = std::min<std::int64_t>(failures - rule.free_failures, 20);
    return std::min(rule.first_delay << doublings, rule.longest_delay);
}

// Seconds that are left; 0: not locked. A clock that was set back never locks for longer than the
// delay.
constexpr store::Seconds locked_for(const LockOutRule& rule, const store::Attempts& attempts,
                                    store::Seconds now) {
    const store::Seconds delay = lock_out_delay(rule, attempts.failures);
    const store::Seconds since = now - attempts.last;
    if (since >= delay || since <= -delay) return 0;
    return delay - std::max<store::Seconds>(since, 0);
}

}  // namespace shoji::gateway
