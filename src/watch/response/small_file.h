// Small files that root alone writes: those of /proc and /sys, and the room's own.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace shoji::response {

// At most `limit` bytes; a longer file is an error.
base::Result<std::string> read_small_file(const std::filesystem::path& path, std::size_t limit);

// Into an existing file of /proc or /sys.
base::Result<void> write_control_file(const std::filesystem::path& path, std::string_view text);

// Makes or replaces the file as a whole; it is on the disk when this returns.
base::Result<void> replace_file(const std::filesystem::path& path, std::string_view text,
                                mode_t mode);

base::Result<void> write_all(int file, std::span<const std::uint8_t> bytes, std::string_view doing);

// There is such a folder, which its owner alone may enter: it is made, or as it was left.
base::Result<void> need_private_folder(const std::filesystem::path& folder);

// On the disk: the names in a folder.
base::Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace shoji::response
