// Processes as /proc shows them. A process is its number and the moment it began: the number alone
// may belong to another one a moment later.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace shoji::response {

struct ProcessId {
    pid_t number = 0;
    std::uint64_t start = 0;  // clock ticks since the boot, as field 22 of proc(5)'s stat has it

    auto operator<=>(const ProcessId&) const = default;
};

// A file, whatever it is called. The device is as stat(2) gives it.
struct FileId {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;

    auto operator<=>(const FileId&) const = default;
};

struct Process {
    ProcessId id;
    pid_t parent = 0;
    pid_t group = 0;
    pid_t session = 0;
    char state = '?';      // as proc(5) has it: R, S, Z …
    std::string name;      // what the process calls itself, at most 15 bytes
    FileId program;        // zeros: none, as of the kernel's own threads, or not to be read
    std::string cgroup;    // in the unified hierarchy, such as "/system.slice/x.service"
    bool kernel = false;   // a thread of the kernel's own
    bool of_root = false;  // by its real, effective, saved and file system's user id
};

// The text of /proc/PID/stat; `program`, `cgroup` and `of_root` stay empty.
base::Result<Process> parse_stat(std::string_view text);

// From the text of /proc/PID/status.
bool is_of_root(std::string_view status);

// `not_found` where it does not exist (any more).
base::Result<Process> read_process(pid_t number);

// All that run now. What ends while this looks may be missing.
base::Result<std::vector<Process>> list_processes();

// Holds the process, so that a signal sent through the descriptor reaches it or nobody. `not_found`
// where the number belongs to another process than `id`.
base::Result<base::FileDescriptor> hold_process(ProcessId id);

// Through what hold_process() gave. A process that has ended is no error.
base::Result<void> signal_process(int held, int signal);

}  // namespace shoji::response
