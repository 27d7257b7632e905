// The policy's lists as keys of the kernel's maps. Files are named by their folder's inode, which
// stays when the file is replaced.
#pragma once

#include "core/base/result.h"
#include "watch/sensor/file.h"
#include "watch/sensor/policy.h"

#include <string_view>
#include <vector>

namespace shoji::sensor {

// FNV-1a of 64 bits, as the kernel part counts it.
std::uint64_t name_hash(std::string_view name);

struct WatchedKeys {
    struct Entry {
        sensor_watched key{};
        std::uint8_t all = 0;  // of the folder
    };
    std::vector<Entry> entries;
    std::vector<std::string> absent;  // paths whose folder does not exist
};
// Looks the folders up on this machine.
WatchedKeys find_watched(const std::vector<std::string>& paths);

sensor_prefix prefix_key(std::string_view path);

}  // namespace shoji::sensor
