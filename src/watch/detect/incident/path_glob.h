// A pattern for paths: '*' is any number of characters, '?' one; everything else stands for itself,
// without regard to case, '\' and '/' being the same. There are no escapes, because no path needs
// them and "Backup\*" must mean what it says.
#pragma once

#include "watch/detect/sigma/glob.h"

#include <string_view>

namespace shoji::incident {

class PathGlob {
  public:
    PathGlob() = default;
    explicit PathGlob(std::string_view pattern);

    // `key` is a path_key().
    [[nodiscard]] bool matches(std::string_view key) const { return glob_.matches(key); }

  private:
    sigma::Glob glob_;
};

}  // namespace shoji::incident
