// Which files of rules there are, and in which state: by whom they are found again, how large they
// are, and when they changed. Each is looked at relative to its folder, in the order in which the
// folder gives it, so that thousands cost a few milliseconds.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace shoji::hunt {

struct RuleListing {
    std::vector<std::string> paths;
    // The places, sizes and times of the files; the same exactly when nothing of these changed.
    std::string state;
    std::int64_t newest = 0;  // the last change, in seconds since 1970
};

// Files *.yml and *.yaml below each of `paths`, or the file itself, in the order of their names. An
// error when one of them is not there, or there is no rule file at all. Links to files are
// followed, links to folders are not.
base::Result<RuleListing> list_rules(const std::vector<std::filesystem::path>& paths);

}  // namespace shoji::hunt
