// The messages of a syslog stream or file: one a line, or each with its length before it (RFC 6587,
// 3.4.1: "LENGTH <PRI>…"), told apart message by message.
#pragma once

#include "watch/event/damages.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace shoji::event {

class SyslogFrames {
  public:
    static constexpr std::size_t most_message = 1 << 20;  // bytes

    // Both must outlive this.
    SyslogFrames(std::string_view text, Damages& damages);

    // The next message, without its end; nothing at the end. Longer ones than may be are left out.
    std::optional<std::string_view> next();
    [[nodiscard]] std::size_t offset() const { return offset_; }  // of the last one

  private:
    std::optional<std::string_view> counted();
    std::string_view line();

    std::string_view text_;
    Damages& damages_;
    std::size_t at_ = 0;
    std::size_t offset_ = 0;
};

}  // namespace shoji::event
