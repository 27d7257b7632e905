// The file system that a launched program sees: an empty tmpfs into which single files and folders
// of the machine are bound read-only, with a minimal /dev, a /proc that hides other users'
// processes, and scratch folders that die with the program. Nothing else of the machine exists in
// it.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace shoji::isolation {

struct Root {
    // A file or folder of the machine, read-only, nosuid, nodev, and noexec unless `execute`.
    struct Bind {
        std::filesystem::path source;  // absolute, no link in it (std::filesystem::canonical)
        std::filesystem::path target;  // absolute
        bool execute = false;          // its code may be run or mapped
    };
    struct File {
        std::filesystem::path target;
        std::string content;
    };
    struct Link {
        std::filesystem::path target;
        std::string points_to;
    };
    // A writable tmpfs: nosuid, nodev, noexec.
    struct Scratch {
        std::filesystem::path target;
        std::uint64_t bytes = 0;  // limit
    };
    std::vector<Bind> binds;
    std::vector<File> files;
    std::vector<Link> links;
    std::vector<Scratch> scratch;
    bool devices = false;    // /dev with null, zero, full, random, urandom
    bool processes = false;  // /proc
};

// Builds the root and moves into it; the machine's own is no longer reachable by name. To be called
// in a mount namespace of one's own, in a pid namespace of one's own where `processes` is set, with
// CAP_SYS_ADMIN over both.
base::Result<void> enter_root(const Root& root);

}  // namespace shoji::isolation
