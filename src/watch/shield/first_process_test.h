// For tests: acts of the machine's first process, which is refused nothing.
#pragma once

#include <sys/types.h>

namespace shoji::shield {

// As in a guest. One that manages services is left in peace.
bool is_first_process_a_shell();

// It is made to call kill(2) by a tracer: it rests in a call of its own, which it makes again
// afterwards. 0, or errno.
int kill_by_first_process(pid_t process, int signal);

}  // namespace shoji::shield
