// Blocked files do not run while this lives. Two parts hold together:
// - fanotify(7) asks before a file is executed: programs and scripts get EPERM. Not on file systems
// that
//   others serve (NFS, FUSE …), where reading could wait for ever.
// - kernel programs see what is executed or mapped executable without such a question: memory
// files, a file
//   run through the dynamic loader, libraries, mprotect(2). A file of a blocked one's size stops
//   its process (SIGSTOP) until it has been read here; a blocked one ends it (SIGKILL).
// What runs already goes on. A script that is given to its interpreter as data runs.
#pragma once

#include "core/base/result.h"
#include "watch/response/block_list.h"

#include <memory>
#include <string>
#include <vector>

namespace shoji::response {

struct ProgramGuardSettings {
    std::uint64_t cgroup =
        0;  // the kernel programs for this control group alone; 0: the whole machine
    // Folders of the file systems that fanotify asks for; empty: all of this machine's own.
    std::vector<std::string> file_systems;
    bool ask_before = true;  // false: without fanotify
};

struct ProgramGuardCounts {
    std::uint64_t refused = 0;   // before they ran
    std::uint64_t killed = 0;    // mapped, or run in a way that is not asked for
    std::uint64_t read = 0;      // files that were read because of their size
    std::uint64_t too_long = 0;  // beyond 1 GiB: let through unread
};

class ProgramGuard {
  public:
    static base::Result<ProgramGuard> start(const ProgramGuardSettings& settings,
                                            const std::vector<Block>& blocks);
    ProgramGuard(ProgramGuard&&) noexcept;
    ProgramGuard& operator=(ProgramGuard&&) noexcept;
    ~ProgramGuard();  // lets go on whoever waits

    // From now on.
    base::Result<void> set_blocks(const std::vector<Block>& blocks);
    [[nodiscard]] ProgramGuardCounts counts() const;
    // Scripts are guarded too.
    [[nodiscard]] bool asks_before() const;

  private:
    struct Running;
    explicit ProgramGuard(std::unique_ptr<Running> running);
    std::unique_ptr<Running> running_;
};

// The SHA-256 of a file as it is now.
base::Result<journal::Digest> digest_of_file(int file);

}  // namespace shoji::response
