// Files that logrotate and clouds have compressed with gzip (RFC 1952), unpacked into memory.
#pragma once

#include "watch/hunt/mapped_file.h"

#include <cstdint>
#include <optional>
#include <span>

namespace shoji::hunt {

inline constexpr std::size_t most_unpacked = std::size_t{1} << 30;  // bytes of one file

bool is_gzip(std::span<const std::uint8_t> bytes);

struct Unpacked {
    MappedFile file;
    std::optional<base::Error> loss;  // what is missing of it, with words for people
};

// One part or several, one behind the other. What a damaged or cut file still gives is given, and
// of one that is larger than `most` bytes its beginning. An error: there is no memory for it.
base::Result<Unpacked> gunzip(std::span<const std::uint8_t> bytes,
                              std::size_t most = most_unpacked);

}  // namespace shoji::hunt
