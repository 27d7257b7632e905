// Compiled rules kept on disk, so that the next hunt with the same rules begins at once. What is
// kept counts only while each file of rules has the place, the size and the times that it had, and
// while the folder and the file are this user's alone: whoever could write them could make a hunt
// find nothing. What cannot be used is compiled anew.
//
// Rules with pipelines, lists, filters or correlations are not kept.
#pragma once

#include "watch/hunt/rule_set.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace shoji::hunt {

class RuleCache {
  public:
    // Whether the rules may be kept although one of them changed just now, and could change again
    // within its clock's step without a trace. By their times, but for tests.
    enum class Settled : std::uint8_t { by_time, yes, no };

    RuleCache(const RuleRequest& request, const std::vector<std::filesystem::path>& rule_files,
              Settled settled = Settled::by_time);

    // Null when there is nothing that can be used.
    [[nodiscard]] std::unique_ptr<RuleSet> load() const;
    // Keeps it where that can be done; a failure costs time at the next hunt, nothing else.
    void save(const RuleSet& set) const;

  private:
    std::filesystem::path folder_;
    std::filesystem::path file_;  // empty: nothing is kept
    std::string state_;           // of the files: their names, sizes and times
    std::size_t files_ = 0;
    bool settled_ = false;
};

}  // namespace shoji::hunt
