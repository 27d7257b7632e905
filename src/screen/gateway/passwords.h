// The costly part of passwords off the loop, two at once: more at a time would only make each
// slower and take 64 MiB apiece.
#pragma once

#include "screen/gateway/worker.h"

#include <optional>
#include <string>

namespace shoji::gateway {

class Passwords {
  public:
    static constexpr std::size_t at_once = 2;
    static constexpr std::size_t maximum_waiting = 32;

    Passwords();

    // None when too many wait already.
    Task<std::optional<bool>> verify(std::string hash, std::string password);
    // None when too many wait already, or when memory is short.
    Task<std::optional<std::string>> hash(std::string password);

    void join() { worker_.join(); }

  private:
    Worker worker_;
    std::size_t waiting_ = 0;
};

}  // namespace shoji::gateway
