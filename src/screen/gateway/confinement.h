// What the gateway may do once its listening sockets are open and it is its own user: serve the
// connections that it accepts, keep its database, speak to shoji-audit and shoji-host.
#pragma once

#include "core/base/settings.h"

#include <string>
#include <vector>

namespace shoji::gateway {

// For the whole process, for ever; to be called before the first thread and before a byte from
// outside, the database's included, is read. What stays:
// - the descriptors that are open, those that the host sends, connections from terminals;
// - of the file system the gateway's state folder, the folder of the admin socket and, to read,
//   /dev/urandom;
// - packet Unix sockets (SOCK_SEQPACKET) as the journal's and the host's, connected again when they
//   were away; which ones, their permissions say;
// - threads.
// What goes: every other file, every connection to the network, other Unix sockets, other programs
// and processes, executable memory. Returns the protections that this kernel lacks, in words for
// the log; any other failure is an error, after which the program must end.
base::Result<std::vector<std::string>> confine(const base::Settings& settings);

}  // namespace shoji::gateway
