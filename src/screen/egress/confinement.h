// The egress takes away from itself what it does not need, before the first byte from the browser.
#pragma once

#include "core/base/result.h"
#include "screen/control/control.h"

#include <string>
#include <vector>

namespace shoji::egress {

// What stays: the descriptors that are open, memory, clocks, TCP connections to the origins' ports
// and to DNS, UDP, and reading /etc/hosts and /dev/urandom (c-ares wants both). What goes: every
// other file, programs, Unix sockets, listening. Returns what this kernel cannot take away.
base::Result<std::vector<std::string>> confine(const std::vector<control::Origin>& origins);

}  // namespace shoji::egress
