#include "core/audit/confinement.h"

#include "core/confinement/confine.h"

#include <fcntl.h>
#include <sys/socket.h>

namespace shoji::audit {

base::Result<std::vector<std::string>> confine(const std::filesystem::path& audit,
                                               const std::filesystem::path& runtime) {
    confinement::LandlockRules rules;
    rules.paths.push_back({audit, true});
    rules.paths.push_back({runtime, true});
    auto filter = confinement::runtime_filter();
    filter.allow({"openat",    "open",       "mkdir",    "mkdirat",   "unlink",
                  "unlinkat",  "rename",     "renameat", "renameat2", "getdents64",
                  "stat",      "newfstatat", "statx",    "pread64",   "pwrite64",
                  "ftruncate", "fallocate",  "fsync",    "fdatasync", "flock"});
    return confinement::confine_self(filter, confinement::SyscallFilter::Otherwise::refuse, rules);
}

}  // namespace shoji::audit
