// The part of the guard of programs that refuses (EPERM) before anything runs, where the kernel
// takes LSM programs, runs them, and hashes files (IMA). It decides in the kernel; what it leaves
// open is held by the other part.
#pragma once

#include "core/base/result.h"
#include "watch/response/block_list.h"
#include "watch/response/kernel_file.h"

#include <array>
#include <memory>
#include <set>

struct exec_guard_lsm_bpf;

namespace shoji::response {

// Files of maps that the other part made: both use them.
struct SharedMaps {
    int policy = -1;
    int sizes = -1;
    int verdicts = -1;
};

class ProgramLsm {
  public:
    // Attached, and seen to refuse. What it set in the shared maps for that is gone afterwards.
    static base::Result<ProgramLsm> start(const SharedMaps& shared);

    // What is blocked, from the next policy on that is set. `full` where it finds no room.
    base::Result<void> set_list(const BlockList& list);

    [[nodiscard]] std::uint64_t refused() const;
    [[nodiscard]] std::uint64_t read() const;
    [[nodiscard]] std::uint64_t too_long() const;

  private:
    using Name = std::array<char, 256>;
    using Kernel = std::unique_ptr<exec_guard_lsm_bpf, void (*)(exec_guard_lsm_bpf*)>;
    explicit ProgramLsm(Kernel kernel) : kernel_(std::move(kernel)) {}
    [[nodiscard]] base::Result<void> try_out(const SharedMaps& shared);

    Kernel kernel_;
    // As the kernel programs have them.
    std::set<journal::Digest> digests_;
    std::set<KernelFile> places_;
    std::set<Name> names_;
};

}  // namespace shoji::response
