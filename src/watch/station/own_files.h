// The sensor's own files: its program, its policies, its identity, its rules. Whether one of them
// is another than it was.
#pragma once

#include "watch/station/policy.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace shoji::station {

class OwnFiles {
  public:
    // As they are now.
    OwnFiles(const Policy& policy, const std::filesystem::path& policy_file);

    // Those that are new, gone, or have another content than when they were looked at last. Content
    // is read where the file's numbers and times say that it was touched, and of all once an hour.
    std::vector<std::string> changed();

  private:
    struct State {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::uint64_t size = 0;
        std::int64_t modified = 0;  // nanoseconds since 1970
        std::int64_t touched = 0;   // ctime, which no program can set
        std::string digest;         // empty: it could not be read

        [[nodiscard]] bool is_untouched(const State& other) const;
    };

    [[nodiscard]] std::vector<std::filesystem::path> files() const;
    static State look(const std::filesystem::path& file);
    static State read(const std::filesystem::path& file);

    std::vector<std::filesystem::path> fixed_;
    std::vector<std::filesystem::path> rules_;  // folders and files
    std::map<std::filesystem::path, State> known_;
    std::chrono::steady_clock::time_point next_reading_;
};

}  // namespace shoji::station
