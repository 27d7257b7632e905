// Messages over a byte stream: each has its length before it, 32 bits, little-endian (docs/wire.md,
// Framing).
#pragma once

#include "core/base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace shoji::wire {

inline constexpr std::size_t length_bytes = 4;

std::array<std::uint8_t, length_bytes> frame_length(std::size_t message_bytes);

// Cuts a stream into messages. Holds less than one message and what was fed with it: feed what one
// read(2) gave, then take messages until there is none.
class Deframer {
  public:
    // `limit`: bytes that one message may have.
    explicit Deframer(std::size_t limit) : limit_(limit) {}

    void feed(std::span<const std::uint8_t> bytes);
    // The next whole message, or none yet. It is valid until the next feed(). An error (empty or
    // longer than the limit) is for ever: there is no way to find the next message.
    base::Result<std::optional<std::span<const std::uint8_t>>> next();

  private:
    std::size_t limit_;
    std::vector<std::uint8_t> held_;
    std::size_t taken_ = 0;  // bytes of held_ that were given out
};

}  // namespace shoji::wire
