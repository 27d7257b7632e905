// Fields of events too large, which nobody looked at: the first files are named, the rest counted.
#pragma once

#include "cli/terminal_output.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace shoji::cli {

class FieldsLeftOut {
  public:
    static constexpr std::size_t most_named = 5;  // files

    void add(const std::string& file, std::uint64_t count);
    // True when there were some.
    bool warn(TerminalOutput& output) const;

  private:
    std::vector<std::pair<std::string, std::uint64_t>> named_;
    std::uint64_t more_files_ = 0;
    std::uint64_t more_ = 0;  // fields of those
};

}  // namespace shoji::cli
