// Which processes a kill is about. Pure: it looks at what process.h has listed.
#pragma once

#include "core/base/result.h"
#include "watch/response/process.h"

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

namespace shoji::response {

// What is never killed, besides process 1 and the kernel's own threads. Nobody without root can
// become any of it: programs are known by their file, as a name is chosen by whoever bears it, and
// only where root runs them or a unit does that policy names, as everybody may start a program,
// with his own code in it (LD_PRELOAD).
struct Protection {
    pid_t self = 0;
    std::vector<FileId> programs;    // no dynamic loaders: those run what they are given
    std::vector<std::string> units;  // of the system, such as "postgresql.service"
    // What started `self`, and its other children that run the program of `self`: the sensor's.
    pid_t keeper = 0;
    FileId own;  // zeros: there are none
};

// Why `process` may not be killed; done where it may.
base::Result<void> may_kill(const Process& process, const Protection& protection);

// A process and what descends from it, through one listing after another. Whoever is found stays,
// even when its parent has ended and it hangs below another process since.
class Tree {
  public:
    // `began`: clock ticks since the boot when the kill began.
    Tree(ProcessId root, std::uint64_t began, Protection protection)
        : root_(root), began_(began), protection_(std::move(protection)) {}

    // Takes in a new listing. Returns who was not known before. Besides descendants these are those
    // of sessions that one of the tree leads (a session is only ever inherited), and children whose
    // parent came and went between two listings: processes that began since the kill did, hang
    // below a reaper (process 1, or whoever inherited one of the tree), and run a program of the
    // tree or are in a process group of it.
    std::vector<Process> grow(std::span<const Process> listing);

    [[nodiscard]] const std::map<ProcessId, Process>& members() const { return members_; }
    // Protected ones below the root, with what descends from them: left alone.
    [[nodiscard]] const std::map<ProcessId, Process>& spared() const { return spared_; }

  private:
    enum class Kin { none, member, spared };
    [[nodiscard]] Kin kin(const Process& process, const std::map<pid_t, ProcessId>& present) const;
    void note_reapers(std::span<const Process> listing);
    void remember(const Process& process);

    ProcessId root_;
    std::uint64_t began_;
    Protection protection_;
    std::map<ProcessId, Process> members_;
    std::map<ProcessId, Process> spared_;
    std::set<pid_t> reapers_{1};
    std::set<pid_t> sessions_;
    std::set<pid_t> groups_;
    pid_t foreign_group_ = -1;
    std::set<FileId> programs_;
};

}  // namespace shoji::response
