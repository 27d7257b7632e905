// Landlock (landlock(7)): a program gives up, for itself and all that it starts, every file, TCP
// port, signal and abstract socket that is not listed. What the running kernel's Landlock cannot do
// is named, never silently skipped.
//
// | ABI | kernel | adds                                              |
// | 1   | 5.13   | files                                             |
// | 2   | 5.19   | moving between folders                            |
// | 3   | 6.2    | truncation                                        |
// | 4   | 6.7    | TCP bind and connect                              |
// | 5   | 6.10   | ioctl on devices                                  |
// | 6   | 6.12   | signals and abstract Unix sockets stay inside     |
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace shoji::confinement {

struct LandlockRules {
    struct Path {
        std::filesystem::path path;  // a file, or a folder with all below it
        bool write = false;          // besides reading: writing, making, renaming, removing
        bool execute = false;        // besides reading: running as a program
    };
    std::vector<Path> paths;  // empty: no file by name at all; paths that do not exist are errors
    std::vector<std::uint16_t> connect_ports;  // TCP; empty: none
    bool restrict_network = true;  // false: TCP is left alone (for the one program that dials out)
};

// The version of the running kernel's Landlock; 0: none.
int landlock_abi();

// The protections in the table above that a kernel of this version lacks, in words for a log.
std::vector<std::string> missing_in_landlock(int abi);

// Puts the rules in force, as far as `abi` goes (at least 1; tests may name a lower one than the
// kernel's). Needs no_new_privs. Descriptors that are open already stay usable.
base::Result<void> restrict_landlock(const LandlockRules& rules, int abi);

}  // namespace shoji::confinement
