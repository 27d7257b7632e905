// Giving up privilege for good.
#pragma once

#include "core/base/result.h"

#include <sys/types.h>

namespace shoji::base {

// Becomes `user` (and the group of the same number) without a way back: no supplementary groups, no
// capabilities, no_new_privs, no core dump. Called as that user already it only sets the latter.
Result<void> drop_privileges(uid_t user);

}  // namespace shoji::base
