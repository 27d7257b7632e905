// The privileged process's end of control.h.
#pragma once

#include "core/base/file_descriptor.h"
#include "watch/response/control.h"
#include "watch/response/responder.h"

#include <filesystem>

namespace shoji::response {

// What a command comes to, as the answer's JSON; at most most_answer bytes.
std::string answer(Responder& responder, const Command& command);

// A socket that root alone may connect to (mode 0600).
base::Result<base::FileDescriptor> listen_for_commands(const std::filesystem::path& path);

// Takes the connection that waits at `listener`, one command from it within two seconds, and
// answers. Peers that are not of this process's own user are refused.
base::Result<void> serve_command(int listener, Responder& responder);

}  // namespace shoji::response
