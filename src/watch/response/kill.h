// Ending a process and what descends from it without racing its children. Where its control group
// holds none but killable processes, that group is frozen meanwhile: nobody in it runs, whoever it
// descends from. Elsewhere each process is stopped as it is found, until listings show nobody new.
//
// Not found: what left the tree and its sessions before the kill began (its parent had ended); and,
// outside of a frozen group, a child that in the moment of the kill lost its parent before any
// listing showed both, and runs another program in a process group of its own.
#pragma once

#include "core/base/result.h"
#include "watch/response/kill_plan.h"

#include <chrono>

namespace shoji::response {

struct KillOutcome {
    std::vector<Process> killed;  // with --dry-run: who would be
    std::vector<Process> spared;
    bool frozen = false;  // the control group stood still meanwhile
    int listings = 0;
};

// `tree`: with its descendants. `dry_run`: only says who it would be about. An error after which
// processes live on says how many; what was killed by then stays so.
base::Result<KillOutcome> kill_process(ProcessId target, bool tree, const Protection& protection,
                                       bool dry_run,
                                       std::chrono::seconds patience = std::chrono::seconds(20));

// Files of programs as Protection wants them; those that are not there are left out.
std::vector<FileId> files_of(const std::vector<std::string>& paths);

}  // namespace shoji::response
