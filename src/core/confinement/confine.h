// A program confines itself, once it has opened what it needs and before it reads a byte from
// outside: no privilege to gain, nobody may look into its memory, no file, no port, no other system
// call than the listed ones.
#pragma once

#include "core/base/result.h"
#include "core/confinement/landlock.h"
#include "core/confinement/seccomp.h"

#include <string>
#include <vector>

namespace shoji::confinement {

// Drops capabilities, sets no_new_privs, forbids core dumps and tracing, then puts Landlock and the
// filter in force for the whole process. Landlock binds the calling thread and those that it
// starts: a process that has other threads already is refused. Returns the protections that this
// kernel lacks, in words for the log; any other failure is an error, after which the program must
// end.
base::Result<std::vector<std::string>> confine_self(const SyscallFilter& filter,
                                                    SyscallFilter::Otherwise otherwise,
                                                    const LandlockRules& rules);

}  // namespace shoji::confinement
