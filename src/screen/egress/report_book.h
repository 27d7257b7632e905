// Refusals until they are told, bounded. Pure.
#pragma once

#include "screen/control/control.h"

#include <cstdint>
#include <vector>

namespace shoji::egress {

class ReportBook {
  public:
    static constexpr std::size_t maximum_entries = 256;

    // The same refusal as one that waits only raises its count. One that finds no room is lost.
    void note(control::RefusalReason reason, control::Scheme scheme, const std::string& host,
              std::uint16_t port);
    // The oldest; it stays until pop().
    [[nodiscard]] const control::Refused* front() const;
    void pop();
    // Counts since the beginning; never fall.
    [[nodiscard]] std::uint64_t refusals() const { return refusals_; }
    [[nodiscard]] std::uint64_t lost() const { return lost_; }

  private:
    std::vector<control::Refused> entries_;
    std::uint64_t refusals_ = 0;
    std::uint64_t lost_ = 0;
};

}  // namespace shoji::egress
