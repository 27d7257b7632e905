// The part of the guard of programs that refuses (EPERM) before anything runs, where the kernel
// takes LSM programs, runs them, and hashes files (IMA). It decides in the kernel; what it leaves
// open is held by the other part.
#pragma once

#include "core/base/result.h"
#include "watch/response/block_list.h"
#include "watch/response/guard_files.h"

#include <vector>

namespace shoji::response {

// Files of maps that the other part made: both use them.
struct SharedMaps {
    int policy = -1;
    int sizes = -1;
    int verdicts = -1;
};

struct ProgramLsmCounts {
    std::uint64_t refused = 0;
    std::uint64_t read = 0;
    std::uint64_t too_long = 0;
};

class ProgramLsm {
  public:
    // Attached, and seen to refuse. What it set in the shared maps for that is gone afterwards.
    static base::Result<ProgramLsm> start(const SharedMaps& shared);
    // One that another process left in force.
    static ProgramLsm take(std::vector<base::FileDescriptor> files) {
        return ProgramLsm(std::move(files));
    }

    // What is blocked, from the next policy on that is set. `full` where it finds no room.
    base::Result<void> set_list(const BlockList& list);

    [[nodiscard]] ProgramLsmCounts counts() const;
    // Duplicates.
    [[nodiscard]] std::vector<base::FileDescriptor> files() const {
        return duplicates_of(numbers_of(files_));
    }

  private:
    explicit ProgramLsm(std::vector<base::FileDescriptor> files) : files_(std::move(files)) {}

    std::vector<base::FileDescriptor> files_;  // maps, then links
};

}  // namespace shoji::response
