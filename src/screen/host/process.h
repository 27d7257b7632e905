// Processes of the machine, held so that their number cannot come to mean another.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "screen/host/record.h"

#include <optional>
#include <string>

namespace shoji::host {

// How a process ended.
struct ExitStatus {
    bool known = false;  // false: it was started by a former host, and the kernel tells no other
    int code = 0;        // its exit code, or -signal
};

// One of the three of a session.
struct Process {
    ProcessMark mark;
    base::FileDescriptor handle;  // pidfd; readable when the process has ended
    std::optional<ExitStatus> ended;
};

std::string boot_id();
base::Result<ProcessMark> mark_process(pid_t process);
// The process of this mark, or not_found when it has ended or the number is another's by now.
base::Result<Process> hold_process(const ProcessMark& mark);
// Notes that the process has ended, if it has, and how; reaps it where it is a child.
void look_after(Process& process);
void kill_process(const Process& process);

}  // namespace shoji::host
