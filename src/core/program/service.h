// What the programs that serve an installation do before they work: each gets its folder of sockets
// and a user of its own, and ends when it is asked to.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "core/base/settings.h"

#include <filesystem>

#include <sys/types.h>

namespace shoji::program {

// Makes the folder of a program's socket, passable for everybody whatever the mask of this process
// is. With users of their own it belongs to `user`, who can then take the socket away again.
base::Result<void> prepare_runtime(const base::Settings& settings,
                                   const std::filesystem::path& folder, uid_t user);

// The user that the folder of an installation belongs to: its administrator.
base::Result<uid_t> owner_of(const std::filesystem::path& folder);

// As many open files as this process may have; in the log where that is not granted.
void raise_descriptor_limit();

// For good: `user`, or without users of their own, which is said, whoever this process is.
base::Result<void> become_own_user(const base::Settings& settings, uid_t user);

// Readable when SIGTERM or SIGINT came; neither ends this process any more.
base::Result<base::FileDescriptor> end_signals();

}  // namespace shoji::program
