// Files of syslog, followed as they grow and are rotated. The opener opens them
// (program_files.h); here they are only read. Where each was read to is kept in memory that the
// keeper holds, so that another analyst goes on from there.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "watch/sensor/log_lines.h"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sensor {

constexpr std::size_t most_log_files = 8;

// Of one file; all zero: it was not there.
struct LogPosition {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t offset = 0;  // up to where whole lines were taken
};
using LogPositions = std::array<LogPosition, most_log_files>;

// A memory file of LogPositions, for every analyst of one keeper: where these files end now.
base::Result<base::FileDescriptor> make_log_positions(std::span<const std::string> files);
base::Result<LogPositions*> map_log_positions(int descriptor);

class LogFiles {
  public:
    static constexpr std::size_t most_at_once = 256 << 10;  // bytes of a file in one look
    static constexpr std::uint64_t looks_between = 5;       // from one opening to the next

    // Gives the file of that place in the policy's list, for reading; invalid: it is not there.
    using Open = std::function<base::FileDescriptor(std::size_t)>;

    // `positions` outlives this. Files without a position are new.
    LogFiles(std::size_t count, LogPositions& positions, Open open);

    // Calls `each` with every line that is new since the last look.
    void look(const std::function<void(std::string_view line)>& each);

  private:
    struct File {
        base::FileDescriptor descriptor;
        LogLines lines;
    };

    void reopen(File& file, LogPosition& position, std::size_t index);
    // True when there may be more.
    bool read(File& file, LogPosition& position, const std::function<void(std::string_view)>& each);

    LogPositions& positions_;
    Open open_;
    std::vector<File> files_;
    std::vector<char> piece_;
    std::uint64_t looks_ = 0;
};

}  // namespace shoji::sensor
