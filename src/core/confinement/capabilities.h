// Root's powers in pieces (capabilities(7)).
#pragma once

#include "core/base/result.h"

#include <array>
#include <span>

#include <linux/capability.h>

namespace shoji::confinement {

// Empties every capability set of the calling thread, the bounding and ambient ones too, and locks
// the secure bits, so that no program it starts gains one: not even as uid 0. What the caller does
// not hold it need not drop: works without privilege as well.
base::Result<void> drop_capabilities();
// The same, but for those of capability.h's numbers that are listed: the program keeps them, what
// it starts does not get them. What the caller does not hold it is not given.
base::Result<void> drop_capabilities_but(std::span<const int> kept);
// For a program that starts others, as other users: those that are not listed go for ever, for it
// and for all that it starts; root stays root with the others.
base::Result<void> limit_capabilities(std::span<const int> kept);
// For limit_capabilities(), before a program becomes another user for good.
inline constexpr std::array to_become_another{CAP_SETUID, CAP_SETGID, CAP_SETPCAP};

}  // namespace shoji::confinement
