// Files of the state folder, written whole or not at all.
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace shoji::cli {

struct Owner {
    uid_t user = 0;
    bool change = false;  // false: whoever runs this
};

// Replaces `path` in one step (write, fsync, rename): after a crash it holds the old or the new
// text.
base::Result<void> write_file(const std::filesystem::path& path, std::string_view text, mode_t mode,
                              Owner owner);
// At most `limit` bytes; `not_found` where there is no such file.
base::Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);
// Makes the folder where it is missing and sets owner and mode in any case.
base::Result<void> make_folder(const std::filesystem::path& path, mode_t mode, Owner owner);

}  // namespace shoji::cli
