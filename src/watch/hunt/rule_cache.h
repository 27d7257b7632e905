// Compiled rules kept on disk, so that the next hunt with the same rules begins at once. What is
// kept counts only while each file of rules has the place, the size and the times that it had, and
// while the folder and the file are this user's alone: whoever could write them could make a hunt
// find nothing. What cannot be used is compiled anew.
//
// Rules with pipelines, lists, filters or correlations are not kept.
#pragma once

#include "watch/hunt/rule_listing.h"
#include "watch/hunt/rule_set.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace shoji::hunt {

class RuleCache {
  public:
    // Whether the rules may be kept although one of them changed just now, and could change again
    // within its clock's step without a trace. By their times, but for tests.
    enum class Settled : std::uint8_t { by_time, yes, no };

    explicit RuleCache(const RuleRequest& request);

    // Rules that were kept, and the state of their files when they were (rule_listing.h): they are
    // of use only where the files are in that state now.
    struct Kept {
        std::string state;
        std::unique_ptr<RuleSet> set;
    };
    // Nothing when nothing is kept that can be read. May be called on any thread.
    [[nodiscard]] std::optional<Kept> load() const;
    // Keeps it where that can be done; a failure costs time at the next hunt, nothing else.
    void save(const RuleSet& set, const RuleListing& listing,
              Settled settled = Settled::by_time) const;

  private:
    std::filesystem::path folder_;
    std::filesystem::path file_;  // empty: nothing is kept
};

}  // namespace shoji::hunt
