// The sensor of this machine: its state file, and what it answers at its local socket. Both are
// parsed with care, for processes that parse hostile records wrote them.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "watch/letters/letters.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <boost/json/value.hpp>

namespace shoji::cli {

class LocalSensor {
  public:
    // `runtime`: the folder of its sockets.
    explicit LocalSensor(std::filesystem::path runtime) : runtime_(std::move(runtime)) {}

    // What is seen and by which processes; `unavailable` where no sensor runs, `denied` to whom it
    // is not for.
    [[nodiscard]] base::Result<boost::json::value> state() const;
    // The answer to a status or a tree.
    [[nodiscard]] base::Result<boost::json::value> ask(const letters::Wish& wish) const;
    // A connection by which events come.
    [[nodiscard]] base::Result<base::FileDescriptor> watch() const;

  private:
    [[nodiscard]] base::Result<base::FileDescriptor> connect(const letters::Wish& wish) const;
    std::filesystem::path runtime_;
};

// Bytes of memory that a process has: resident, and its share of them where what it shares is
// divided among those that share it (0: not told to this user). None where it does not run.
struct Memory {
    std::uint64_t resident = 0;
    std::uint64_t share = 0;
};
std::optional<Memory> memory_of(std::int64_t process);

}  // namespace shoji::cli
