// Limits of memory, processes and CPU for groups of processes (cgroups(7)), on a machine whose
// controllers are all in version 2, all in version 1, or mixed. Needs root.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace shoji::isolation {

struct GroupLimits {
    std::uint64_t memory_bytes = 0;
    std::uint32_t processes = 0;    // threads included
    std::uint32_t cpu_percent = 0;  // of one core
};

// Where a machine's controllers are mounted. Each is in version 1 or in version 2, never in both.
struct CgroupMounts {
    std::filesystem::path unified;  // version 2; empty: none
    std::filesystem::path memory;   // the controller's folder of version 1; empty: not there
    std::filesystem::path pids;
    std::filesystem::path cpu;
    // Controllers that version 2 has: names as in cgroup.controllers, of those three.
    std::vector<std::string> unified_controllers;

    // Those of the three that are to be had nowhere.
    [[nodiscard]] std::vector<std::string> missing() const;
};
// From the text of /proc/self/mountinfo (proc(5)); unified_controllers is left empty.
CgroupMounts parse_cgroup_mounts(std::string_view mountinfo);
// Those of this machine.
base::Result<CgroupMounts> find_cgroup_mounts();

// One group, by its path below each hierarchy's root, such as "shoji-0a1b2c3d/<session>/browser".
class Cgroup {
  public:
    // Makes the group, its parents included, and sets the limits.
    static base::Result<Cgroup> create(const CgroupMounts& mounts, const std::string& path,
                                       const GroupLimits& limits);
    // A group made earlier, by this or a former process.
    static Cgroup open(const CgroupMounts& mounts, const std::string& path);

    // For CLONE_INTO_CGROUP; -1 where there is no version 2.
    [[nodiscard]] int descriptor() const { return descriptor_.get(); }
    // Puts a process into the group in every hierarchy (again, harmlessly, where clone did it).
    [[nodiscard]] base::Result<void> add(pid_t process) const;
    // How often the kernel killed a process of the group for want of memory.
    [[nodiscard]] std::uint64_t memory_kills() const;
    [[nodiscard]] std::uint64_t memory_bytes() const;
    // Kills all of its processes and those of the groups below it. The kernel needs a moment until
    // they are gone: ask empty(). Without version 2's cgroup.kill (kernel 5.14) a group that forks
    // fast may need the call again.
    [[nodiscard]] base::Result<void> kill_all() const;
    [[nodiscard]] bool empty() const;  // no process in it or below it
    // Removes the group and those below it, which must hold no process. One that is gone
    // already is no error.
    [[nodiscard]] base::Result<void> remove() const;

  private:
    Cgroup() = default;
    [[nodiscard]] std::vector<std::filesystem::path> folders() const;

    CgroupMounts mounts_;
    std::string path_;
    base::FileDescriptor descriptor_;
};

// The names of the groups that exist directly below `path` in any hierarchy.
std::vector<std::string> list_cgroups(const CgroupMounts& mounts, const std::string& path);

}  // namespace shoji::isolation
