// What shoji-session may do once it is set up: use and close the descriptors that it has, accept
// viewers at its socket, take shared memory from the client. No file by name, no new socket, no new
// program, no executable memory; anything else ends it.
#pragma once

#include "core/base/result.h"

#include <string>
#include <vector>

namespace shoji::session {

// For the whole process, for ever; to be called before a byte of the client or a viewer is read.
// Returns the protections that this kernel lacks, in words for the log.
base::Result<std::vector<std::string>> confine();

}  // namespace shoji::session
