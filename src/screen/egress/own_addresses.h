// Which addresses are this machine's own. A name that points at the machine's public address leads
// to its local services as surely as one that points at loopback.
#pragma once

#include "screen/egress/address.h"

#include <span>
#include <vector>

namespace shoji::egress {

// Asks the kernel's routing, sends nothing.
std::vector<Address> own_addresses(std::span<const Address> addresses);

}  // namespace shoji::egress
