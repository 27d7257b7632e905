// Watches a request's chunked body pass (RFC 9112, 7.1), so that nothing after its end is taken for
// a part of it. Pure.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <span>

namespace shoji::egress {

// Stricter than the RFC: no chunk extensions, no trailer fields, sizes of at most eight digits, at
// most maximum_body bytes in all. What passes has one meaning to every reader.
class ChunkedBody {
  public:
    // How many of `bytes` belong to the body; fewer than all only when it has ended. An error ends
    // the watch.
    base::Result<std::size_t> consume(std::span<const std::uint8_t> bytes);
    [[nodiscard]] bool ended() const { return state_ == State::ended; }

  private:
    enum class State {
        size_first,  // at least one digit must come
        size,
        size_newline,
        data,
        data_return,
        data_newline,
        last_return,
        last_newline,
        ended,
    };
    bool step(std::uint8_t byte);  // false: malformed
    bool read_size(std::uint8_t byte);

    State state_ = State::size_first;
    std::uint64_t left_ = 0;  // bytes of the current chunk; while its size is read, that size
    unsigned digits_ = 0;
    std::uint64_t total_ = 0;
};

}  // namespace shoji::egress
