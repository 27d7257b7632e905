// Many literals anywhere in a text, or many expressions, found in one pass: Vectorscan.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct hs_database;
struct hs_scratch;

namespace shoji::sigma {

// Working memory of a scan: one a thread, for all matchers that it was prepared for.
class ScanMemory {
  public:
    ScanMemory() = default;
    [[nodiscard]] hs_scratch* get() const { return memory_.get(); }

  private:
    friend class ManyMatcher;
    struct Free {
        void operator()(hs_scratch* memory) const;
    };
    std::unique_ptr<hs_scratch, Free> memory_;
};

class ManyMatcher {
  public:
    // Literals, compared byte by byte; each has its place in the list as its number.
    static base::Result<ManyMatcher> of_literals(const std::vector<std::string>& literals);
    // Expressions, searched for with regard to case among bytes; a match may be reported where
    // there is none, never the reverse.
    static base::Result<ManyMatcher> of_expressions(const std::vector<std::string>& expressions);

    // Called once before scanning, with the memory of each thread that scans.
    base::Result<void> prepare(ScanMemory& memory) const;
    // Adds to `found` the number of each that is in the text, once.
    void scan(std::string_view text, const ScanMemory& memory,
              std::vector<std::uint32_t>& found) const;

    [[nodiscard]] std::size_t bytes() const;

    // As bytes for this machine, and back; Vectorscan checks their version and sum.
    [[nodiscard]] std::string saved() const;
    static base::Result<ManyMatcher> load(std::string_view saved);

  private:
    struct Free {
        void operator()(hs_database* database) const;
    };
    explicit ManyMatcher(hs_database* database) : database_(database) {}

    std::unique_ptr<hs_database, Free> database_;
};

}  // namespace shoji::sigma
