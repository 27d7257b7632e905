// The names of system calls, where the audit log has their numbers only (format RAW).
#pragma once

#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace shoji::event {

class AuditSyscalls {
  public:
    AuditSyscalls();

    // Of arch= and syscall= as the log has them, of x86_64, i386 and aarch64; empty when unknown.
    [[nodiscard]] std::string_view name(std::string_view architecture,
                                        std::string_view number) const;

  private:
    std::array<std::pair<std::string_view, std::vector<std::string_view>>, 3> tables_;
};

}  // namespace shoji::event
