// Bytes in, lines out: the journal's files may be larger than memory, and damaged. Pure.
#pragma once

#include "core/journal/entry.h"

#include <algorithm>

namespace shoji::journal {

class LineSplitter {
  public:
    // Calls `use(std::string_view line)`, without its line feed, for each line that `bytes`
    // completes. A line that cannot be one of the journal's for its length is handed over cut to
    // maximum_line bytes, which no parser accepts: memory stays bounded.
    template <class Use>
    void feed(std::string_view bytes, Use use) {
        while (!bytes.empty()) {
            const auto end = bytes.find('\n');
            keep(bytes.substr(0, end));
            if (end == std::string_view::npos) return;
            use(std::string_view(line_));
            line_.clear();
            bytes.remove_prefix(end + 1);
        }
    }

    // What follows the last line feed: empty for a whole journal.
    [[nodiscard]] std::string_view rest() const { return line_; }

  private:
    void keep(std::string_view bytes) {
        line_ += bytes.substr(0, maximum_line - std::min(maximum_line, line_.size()));
    }

    std::string line_;
};

}  // namespace shoji::journal
