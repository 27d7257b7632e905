// Connecting without waiting.
#pragma once

#include "core/base/unix_socket.h"

#include <filesystem>

namespace shoji::host {

// Connects to a listening Unix socket. One whose queue is full, because its program no longer
// accepts, is an error at once: nobody waits for a session that may be hostile.
base::Result<base::FileDescriptor> connect_now(const std::filesystem::path& path,
                                               base::SocketKind kind);

}  // namespace shoji::host
