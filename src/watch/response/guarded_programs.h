// Blocked files do not run while this lives. Where the kernel takes LSM programs and hashes files
// (program_lsm.h), it refuses them itself, scripts too. Elsewhere fanotify(7) asks before a file is
// executed: programs and scripts get EPERM. Not on file systems that others serve (NFS, FUSE …),
// where reading could wait for ever. Beside either, kernel programs see what is executed or mapped
// executable and was not judged: a file of a blocked one's size stops its process (SIGSTOP) until
// it has been read here; a blocked one ends it (SIGKILL). What runs already goes on. A script that
// is given to its interpreter as data runs.
#pragma once

#include "core/base/result.h"
#include "watch/response/block_list.h"
#include "watch/response/guard_files.h"
#include "watch/response/guard_kind.h"

#include <memory>
#include <string>
#include <vector>

namespace shoji::response {

struct ProgramGuardSettings {
    std::uint64_t cgroup =
        0;  // the kernel programs for this control group alone; 0: the whole machine
    // Folders of the file systems that fanotify asks for; empty: all of this machine's own.
    std::vector<std::string> file_systems;
    bool ask_before = true;  // false: without fanotify; with LSM programs it is not needed
    bool try_lsm = true;
};

struct ProgramGuardCounts {
    std::uint64_t refused = 0;   // before they ran
    std::uint64_t killed = 0;    // mapped, or run in a way that is not asked for
    std::uint64_t read = 0;      // files that were read because of their size
    std::uint64_t too_long = 0;  // beyond 1 GiB: let through unread
};

class ProgramGuard {
  public:
    // `left`: of a guard whose process has ended, which this one goes on with. All empty: there is
    // none.
    static base::Result<ProgramGuard> start(const ProgramGuardSettings& settings,
                                            const std::vector<Block>& blocks, GuardFiles left = {});
    ProgramGuard(ProgramGuard&&) noexcept;
    ProgramGuard& operator=(ProgramGuard&&) noexcept;
    ~ProgramGuard();  // lets go on whoever waits, unless it is left to another

    // At its end all stays as it is, as far as another process holds it.
    void leave();
    // Duplicates, for whoever is to hold it.
    [[nodiscard]] GuardFiles files() const;

    // From now on.
    base::Result<void> set_blocks(const std::vector<Block>& blocks);
    [[nodiscard]] ProgramGuardCounts counts() const;
    [[nodiscard]] const GuardChoice& choice() const;
    // Scripts are guarded too.
    [[nodiscard]] bool holds_scripts() const;

  private:
    struct Running;
    explicit ProgramGuard(std::unique_ptr<Running> running);
    std::unique_ptr<Running> running_;
};

}  // namespace shoji::response
