// Whether a process is kept from running by somebody: stopped (signal(7)), traced while it stands
// still (ptrace(2)), or in a frozen control group of the unified hierarchy. One whose state cannot
// be found out is not held.
#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>

namespace shoji::station {

bool is_held(pid_t process);

// Of /proc/PID/stat. Pure.
bool is_stopped(std::string_view stat);
// Of /proc/PID/cgroup, the group in the unified hierarchy; empty: none. Pure.
std::string unified_group(std::string_view groups);

}  // namespace shoji::station
